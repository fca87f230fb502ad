package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"slipway/sandbox/naming"
)

var deliveryForms = map[string]form{
	"aws:codecommit/repository:Repository": {id: input("repositoryName"), outputs: func(o *operation) values {
		return values{
			"arn": o.Region.ARN("codecommit", o.id), "repositoryId": naming.UUID(),
			"cloneUrlHttp": fmt.Sprintf("https://git-codecommit.%s.amazonaws.com/v1/repos/%s", o.Region, o.id),
			"cloneUrlSsh":  fmt.Sprintf("ssh://git-codecommit.%s.amazonaws.com/v1/repos/%s", o.Region, o.id),
		}
	}},
	"aws:codepipeline/pipeline:Pipeline": {id: byName, outputs: func(o *operation) values {
		return values{"arn": o.Region.ARN("codepipeline", o.id), "name": o.id}
	}},
	"aws:codepipeline/customActionType:CustomActionType": {
		id: func(o *operation) string {
			return fmt.Sprintf("%s/%s/%s", o.text("category"), o.text("providerName"), o.text("version"))
		},
		outputs: func(o *operation) values {
			return values{"arn": o.Region.ARN("codepipeline", "actiontype:Custom/"+o.id), "owner": "Custom"}
		},
	},
}

// digest returns the SHA-256 of a text in hexadecimal digits.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
