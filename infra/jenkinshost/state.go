package jenkinshost

import (
	"net/url"
	"slices"
	"strings"

	"slipway/infra/config"
	"slipway/infra/policy"
	"slipway/infra/scope"
)

// stateStatements are the state on S3; a backend in a folder of the host needs none. The keys are those of Pulumi's own
// backend (pulumi/pkg, backend/diy: store.go, state.go, lock.go, meta.go): stacks/PROJECT/STACK.json beside its copies
// and tags, history/ and backups/ of PROJECT/STACK, locks/organization/PROJECT/STACK.
//
// Written are environments and images only: who may push must not change what the next update of this stack acts on.
// Only a lock is ever deleted, and the checkpoint of a stack, whose form may change with Pulumi's settings.
func stateStatements(c *config.Config, where scope.Location, project, stack string) []policy.Statement {
	backend, err := url.Parse(c.BackendURL)
	if err != nil || backend.Scheme != "s3" {
		return nil
	}
	bucket := "arn:" + where.Partition + ":s3:::" + backend.Host
	prefix := strings.Trim(backend.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	root := bucket + "/" + prefix + ".pulumi/"
	var written, erased []string
	for _, name := range slices.Concat(c.Environments, []string{config.ImagesStack}) {
		checkpoint, lock := root+"stacks/"+project+"/"+name+".*", root+"locks/organization/"+project+"/"+name+"/*"
		written = append(written, checkpoint, lock, root+"history/"+project+"/"+name+"/*", root+"backups/"+project+"/"+name+"/*")
		erased = append(erased, checkpoint, lock)
	}
	return []policy.Statement{
		policy.Allow(bucket, "s3:ListBucket").When("StringLike", "s3:prefix", prefix+".pulumi/*"),
		policy.AllowEach([]string{root + "meta.yaml", root + "stacks/" + project + "/" + stack + ".json*"}, "s3:GetObject"),
		policy.AllowEach(written, "s3:GetObject", "s3:PutObject"),
		policy.AllowEach(erased, "s3:DeleteObject"),
	}
}

// keyStatements are the KMS keys of the stacks' secrets and of the backend's bucket. Pulumi encrypts with the one, S3
// asks for data keys of the other; often they are the same.
func keyStatements(c *config.Config, where scope.Location) []policy.Statement {
	var statements []policy.Statement
	actions := []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
	secrets, alias := secretsKey(c.SecretsProvider, where)
	switch {
	case alias != "":
		statements = append(statements, policy.Allow(secrets, actions...).When("ForAnyValue:StringEquals", "kms:ResourceAliases", alias))
	case secrets != "":
		statements = append(statements, policy.Allow(secrets, actions...))
	}
	if c.StateKeyArn != "" && c.StateKeyArn != secrets {
		statements = append(statements, policy.Allow(c.StateKeyArn, actions...))
	}
	return statements
}

// secretsKey is the key that a secrets provider of Pulumi names (gocloud.dev/secrets/awskms: by ARN after a third slash,
// by alias/NAME, or by id). A key that is named by its alias has any id, and the alias stands beside.
func secretsKey(provider string, where scope.Location) (arn, alias string) {
	rest, ours := strings.CutPrefix(provider, "awskms://")
	if !ours {
		return "", ""
	}
	name, query, _ := strings.Cut(rest, "?")
	name = strings.TrimPrefix(name, "/")
	if strings.HasPrefix(name, "arn:") && !strings.Contains(name, ":alias/") {
		return name, ""
	}
	region := where.Region
	if values, err := url.ParseQuery(query); err == nil && values.Get("region") != "" {
		region = values.Get("region")
	}
	keys := "arn:" + where.Partition + ":kms:" + region + ":" + where.Account + ":key/"
	if _, after, found := strings.Cut(name, ":alias/"); found {
		name = "alias/" + after
	}
	if strings.HasPrefix(name, "alias/") {
		return keys + "*", name
	}
	return keys + name, ""
}
