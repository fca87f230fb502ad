package kms

import "slipway/sandbox/awsapi"

// API is the part of the Key Management Service API that is answered here.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{Name: "kms", Protocol: awsapi.JSON, Actions: map[string]awsapi.Action{
		"CancelKeyDeletion":               awsapi.Do(s.cancelKeyDeletion),
		"CreateAlias":                     awsapi.Do(s.createAlias),
		"CreateKey":                       awsapi.Do(s.createKey),
		"Decrypt":                         awsapi.Do(s.decrypt),
		"DeleteAlias":                     awsapi.Do(s.deleteAlias),
		"DescribeKey":                     awsapi.Do(s.describeKey),
		"DisableKey":                      awsapi.Do(s.disableKey),
		"DisableKeyRotation":              awsapi.Do(s.disableKeyRotation),
		"EnableKey":                       awsapi.Do(s.enableKey),
		"EnableKeyRotation":               awsapi.Do(s.enableKeyRotation),
		"Encrypt":                         awsapi.Do(s.encrypt),
		"GenerateDataKey":                 awsapi.Do(s.generateDataKey),
		"GenerateDataKeyWithoutPlaintext": awsapi.Do(s.generateDataKeyWithoutPlaintext),
		"GenerateRandom":                  awsapi.Do(s.generateRandom),
		"GetKeyPolicy":                    awsapi.Do(s.getKeyPolicy),
		"GetKeyRotationStatus":            awsapi.Do(s.getKeyRotationStatus),
		"ListAliases":                     awsapi.Do(s.listAliases),
		"ListKeyPolicies":                 awsapi.Do(s.listKeyPolicies),
		"ListKeys":                        awsapi.Do(s.listKeys),
		"ListResourceTags":                awsapi.Do(s.listResourceTags),
		"PutKeyPolicy":                    awsapi.Do(s.putKeyPolicy),
		"ReEncrypt":                       awsapi.Do(s.reEncrypt),
		"ScheduleKeyDeletion":             awsapi.Do(s.scheduleKeyDeletion),
		"TagResource":                     awsapi.Do(s.tagResource),
		"UntagResource":                   awsapi.Do(s.untagResource),
		"UpdateAlias":                     awsapi.Do(s.updateAlias),
		"UpdateKeyDescription":            awsapi.Do(s.updateKeyDescription),
	}}
}
