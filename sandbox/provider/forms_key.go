package provider

import (
	"fmt"
	"strings"

	"slipway/sandbox/naming"
)

var keyForms = map[string]form{
	"aws:kms/key:Key": {id: func(*operation) string { return uuid() }, outputs: func(o *operation) values {
		return values{
			"arn": o.Region.ARN("kms", "key/"+o.id), "keyId": o.id, "policy": keyPolicy(), "rotationPeriodInDays": o.rotation(),
			"description": "", "isEnabled": true, "keyUsage": "ENCRYPT_DECRYPT", "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
		}
	}},
	"aws:kms/alias:Alias": {id: byName, outputs: func(o *operation) values {
		target := o.text("targetKeyId")
		if !strings.HasPrefix(target, "arn:") {
			target = o.Region.ARN("kms", "key/"+target)
		}
		return values{"arn": o.Region.ARN("kms", o.id), "name": o.id, "targetKeyArn": target}
	}},
	"aws:secretsmanager/secret:Secret": {
		id: func(o *operation) string {
			return o.Region.ARN("secretsmanager", "secret:"+o.name()+"-"+naming.Hex(6))
		},
		outputs: func(o *operation) values { return values{"arn": o.id, "name": o.name()} },
	},
	"aws:secretsmanager/secretVersion:SecretVersion": {
		id: func(o *operation) string { return o.text("secretId") + "|terraform-" + uuid() },
		outputs: func(o *operation) values {
			return values{
				"arn": o.text("secretId"), "versionId": o.id[strings.LastIndexByte(o.id, '|')+1:], "versionStages": []any{"AWSCURRENT"},
			}
		},
	},
	"aws:acm/certificate:Certificate": {
		id: func(o *operation) string { return o.Region.ARN("acm", "certificate/"+uuid()) },
		outputs: func(o *operation) values {
			return values{
				"arn": o.id, "status": "PENDING_VALIDATION", "type": "AMAZON_ISSUED", "keyAlgorithm": "RSA_2048",
				"renewalEligibility": "INELIGIBLE", "validationMethod": "NONE", "subjectAlternativeNames": []any{o.text("domainName")},
			}
		},
	},
	"aws:acm/certificateValidation:CertificateValidation": {},
	"aws:route53/record:Record": {
		id: func(o *operation) string {
			return fmt.Sprintf("%s_%s_%s", o.text("zoneId"), o.text("name"), o.text("type"))
		},
		outputs: func(o *operation) values { return values{"fqdn": strings.TrimSuffix(o.text("name"), ".")} },
	},
}

func (o *operation) rotation() float64 {
	if v := o.plain["enableKeyRotation"]; v.IsBool() && v.BoolValue() {
		return 365
	}
	return 0
}

// keyPolicy is the policy that KMS gives a key that is made without one.
func keyPolicy() string {
	return fmt.Sprintf(`{"Id":"key-default-1","Statement":[{"Action":"kms:*","Effect":"Allow","Principal":{"AWS":"%s"},"Resource":"*","Sid":"Enable IAM User Permissions"}],"Version":"2012-10-17"}`,
		naming.GlobalARN("iam", "root"))
}
