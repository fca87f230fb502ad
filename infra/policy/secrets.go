package policy

import (
	"strings"

	"slipway/infra/config"
	"slipway/infra/scope"
)

// parameterArn is that of a parameter of SSM: its name's own slash, or the one that a plain name has none of.
func parameterArn(where scope.Location, name string) string {
	return "arn:" + where.Partition + ":ssm:" + where.Region + ":" + where.Account + ":parameter/" + strings.TrimPrefix(name, "/")
}

// ValueFrom is where ECS reads a secret from: always an ARN, which says more than a name does.
func ValueFrom(where scope.Location, s config.Secret) string {
	if s.Arn == "" {
		return parameterArn(where, s.Parameter)
	}
	return s.Arn + s.Part
}

// store is one service in one region of one account that keeps secrets.
type store struct{ service, region, account string }

// readers are what is called of each store, and what tells KMS which secret a ciphertext is of: Parameter Store and Secrets
// Manager name it in the encryption context (Systems Manager user guide, "How AWS Systems Manager Parameter Store uses AWS
// KMS"; Secrets Manager user guide, "Secret encryption and decryption"; both read in November 2026).
var readers = map[string]struct{ action, context string }{
	"ssm":            {"ssm:GetParameters", "kms:EncryptionContext:PARAMETER_ARN"},
	"secretsmanager": {"secretsmanager:GetSecretValue", "kms:EncryptionContext:SecretARN"},
}

// ReadSecrets lets a role read these secrets and no other, and decrypt them with whatever key of the account
// they are encrypted with: through their service, and nothing else that the key encrypts.
func ReadSecrets(where scope.Location, arns []string) []Statement {
	stores := map[store][]string{}
	var order []store
	for _, arn := range arns {
		part := strings.SplitN(arn, ":", 6)
		at := store{part[2], part[3], part[4]}
		if stores[at] == nil {
			order = append(order, at)
		}
		stores[at] = append(stores[at], arn)
	}
	var statements []Statement
	for _, at := range order {
		reader := readers[at.service]
		keys := "arn:" + where.Partition + ":kms:" + at.region + ":" + at.account + ":key/*"
		statements = append(statements,
			AllowEach(stores[at], reader.action),
			Allow(keys, "kms:Decrypt").
				When("StringEquals", "kms:ViaService", at.service+"."+at.region+"."+where.DNSSuffix).
				When("StringEquals", reader.context, stores[at]...))
	}
	return statements
}
