package provider

import (
	"fmt"
	"strings"

	"slipway/sandbox/naming"
)

var keyForms = map[string]form{
	"aws:acm/certificate:Certificate": {
		id: func(o *operation) string { return o.Region.ARN("acm", "certificate/"+naming.UUID()) },
		outputs: func(o *operation) values {
			return values{
				"arn": o.id, "status": "PENDING_VALIDATION", "type": "AMAZON_ISSUED", "keyAlgorithm": "RSA_2048",
				"renewalEligibility": "INELIGIBLE", "validationMethod": "NONE", "subjectAlternativeNames": []any{o.text("domainName")},
			}
		},
	},
	"aws:route53/record:Record": {
		id: func(o *operation) string {
			return fmt.Sprintf("%s_%s_%s", o.text("zoneId"), o.text("name"), o.text("type"))
		},
		outputs: func(o *operation) values { return values{"fqdn": strings.TrimSuffix(o.text("name"), ".")} },
	},
}
