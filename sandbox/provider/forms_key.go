package provider

import (
	"fmt"
	"strings"

	"slipway/sandbox/naming"
)

var keyForms = map[string]form{
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
