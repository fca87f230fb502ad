package jenkinshost

import (
	"maps"
	"slices"

	"slipway/infra/config"
	"slipway/infra/outputs"
	"slipway/infra/policy"
	"slipway/infra/scope"
)

// jobStatements let the worker take jobs of one action type. A job has no ARN, and is reached only with the nonce that a
// poll gave out. AWS writes the kind of ARN in two ways (the user guide actionType, the service itself actiontype).
//
// Of the pipeline whose jobs they are, it may ask whether an execution was abandoned. Its name is what those of all resources of
// the stack begin with.
func jobStatements(where scope.Location, action Action, pipeline string) []policy.Statement {
	id := ":Custom/Build/" + action.Provider + "/" + action.Version
	prefix := "arn:" + where.Partition + ":codepipeline:" + where.Region + ":" + where.Account + ":"
	return []policy.Statement{
		{Effect: "Allow", Action: []string{"codepipeline:PollForJobs"}, Resource: []string{prefix + "actiontype" + id, prefix + "actionType" + id}},
		policy.Allow("*", "codepipeline:AcknowledgeJob", "codepipeline:GetJobDetails", "codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult"),
		policy.Allow(prefix+pipeline, "codepipeline:GetPipelineExecution"),
	}
}

// sourceStatements let a deployment ask who wrote the commit that it releases: an artifact does not say.
func sourceStatements(c *config.Config, where scope.Location) []policy.Statement {
	name := c.RepositoryName
	switch {
	case c.ConnectionArn != "":
		return nil
	case c.ExistingRepository != "":
		name = c.ExistingRepository
	}
	return []policy.Statement{policy.Allow("arn:"+where.Partition+":codecommit:"+where.Region+":"+where.Account+":"+name, "codecommit:GetCommit")}
}

// hostStatements are what the host needs for itself: objects are written with data keys, the admin's password with the key
// itself (Systems Manager user guide, "How AWS Systems Manager Parameter Store uses AWS KMS"). Artifacts are not among it: each job brings credentials for its own.
func hostStatements(where scope.Location, parameter, bucket, key, logGroup string) []policy.Statement {
	name := "arn:" + where.Partition + ":ssm:" + where.Region + ":" + where.Account + ":parameter" + parameter
	return []policy.Statement{
		policy.Allow(bucket+"/"+programPrefix+"*", "s3:GetObject"),
		policy.Allow(bucket+"/"+ReadinessPrefix+"*", "s3:PutObject"),
		policy.Allow(key, "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
		policy.Allow(name, "ssm:GetParameter", "ssm:PutParameter"),
		policy.Allow(logGroup+":log-stream:*", "logs:CreateLogStream", "logs:PutLogEvents"),
		policy.Allow("*", "cloudwatch:PutMetricData").When("StringEquals", "cloudwatch:namespace", metricNamespace),
	}
}

// buildStatements let builds read the secrets that slipway:buildSecrets names.
func buildStatements(c *config.Config, where scope.Location) []policy.Statement {
	var arns []string
	for _, name := range slices.Compact(slices.Sorted(maps.Values(c.BuildSecrets))) {
		arns = append(arns, policy.ValueFrom(where, config.Secret{Parameter: name}))
	}
	return policy.ReadSecrets(where, arns)
}

// ledgerStatements let a release read the record of its environment's releases and add to it: nothing there is deleted,
// and the versions of the bucket keep what is written over.
func ledgerStatements(c *config.Config, bucket string) []policy.Statement {
	var records []string
	for _, name := range c.Environments {
		records = append(records, bucket+"/"+outputs.LedgerPrefix+name+"/*")
	}
	return []policy.Statement{
		policy.Allow(bucket, "s3:ListBucket").When("StringLike", "s3:prefix", outputs.LedgerPrefix+"*"),
		policy.AllowEach(records, "s3:GetObject", "s3:PutObject"),
	}
}

// notifyStatements let a release that failed be told of. Whoever publishes to a topic that is encrypted needs its key too,
// which only that key's own policy can say.
func notifyStatements(c *config.Config) []policy.Statement {
	if c.NotifyArn == "" {
		return nil
	}
	return []policy.Statement{policy.Allow(c.NotifyArn, "sns:Publish")}
}

// pushStatements follow the ECR user guide, "IAM permissions for pushing an image", with reading of what is there and of what
// its scan found. Images are deleted only where slipway:keepImages asks for it.
func pushStatements(c *config.Config, repository string) []policy.Statement {
	statements := []policy.Statement{
		policy.Allow("*", "ecr:GetAuthorizationToken"),
		policy.Allow(repository, "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImageScanFindings",
			"ecr:DescribeImages", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"),
	}
	if c.Gates.KeepImages > 0 {
		statements = append(statements, policy.Allow(repository, "ecr:BatchDeleteImage"))
	}
	return statements
}
