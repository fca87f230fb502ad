package infra

import (
	"net/url"
	"strings"
)

// jobStatements let the worker take jobs of one action type. A job has no ARN, and is reached only with the nonce that a
// poll gave out. AWS writes the kind of ARN in two ways (the user guide actionType, the service itself actiontype).
func jobStatements(where Location, action *ActionType) []statement {
	id := ":Custom/Build/" + action.Provider + "/" + action.Version
	prefix := "arn:" + where.Partition + ":codepipeline:" + where.Region + ":" + where.Account + ":"
	return []statement{
		{Effect: "Allow", Action: []string{"codepipeline:PollForJobs"}, Resource: []string{prefix + "actiontype" + id, prefix + "actionType" + id}},
		allow("*", "codepipeline:AcknowledgeJob", "codepipeline:GetJobDetails", "codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult"),
	}
}

// sourceStatements let a deployment ask who wrote the commit that it releases: an artifact does not say.
func sourceStatements(config *Config, where Location) []statement {
	name := config.RepositoryName
	switch {
	case config.ConnectionArn != "":
		return nil
	case config.ExistingRepository != "":
		name = config.ExistingRepository
	}
	return []statement{allow("arn:"+where.Partition+":codecommit:"+where.Region+":"+where.Account+":"+name, "codecommit:GetCommit")}
}

// hostStatements are what the host needs for itself. Artifacts are not among it: each job brings credentials for its own.
func hostStatements(where Location, parameter, bucket, key, logGroup string) []statement {
	name := "arn:" + where.Partition + ":ssm:" + where.Region + ":" + where.Account + ":parameter" + parameter
	return []statement{
		allow(bucket+"/"+binaryPrefix+"*", "s3:GetObject"),
		allow(bucket+"/"+readinessPrefix+"*", "s3:PutObject"),
		allow(key, "kms:Decrypt", "kms:GenerateDataKey"),
		allow(name, "ssm:GetParameter", "ssm:PutParameter"),
		allow(logGroup+":log-stream:*", "logs:CreateLogStream", "logs:PutLogEvents"),
	}
}

// pushStatements follow the ECR user guide, "IAM permissions for pushing an image", with reading of what is there.
func pushStatements(repository string) []statement {
	return []statement{
		allow("*", "ecr:GetAuthorizationToken"),
		allow(repository, "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
			"ecr:DescribeImageScanFindings", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"),
	}
}

// stateStatements are the state on S3 and the key of its secrets; a backend in a folder of the host needs none. A stack
// that Jenkins makes, such as the one that builds images, takes Encrypt once.
func stateStatements(config *Config, where Location) []statement {
	var statements []statement
	if backend, err := url.Parse(config.BackendURL); err == nil && backend.Scheme == "s3" {
		bucket := "arn:" + where.Partition + ":s3:::" + backend.Host
		prefix := strings.Trim(backend.Path, "/")
		if prefix != "" {
			prefix += "/"
		}
		list := allow(bucket, "s3:ListBucket")
		list.Condition = map[string]map[string]string{"StringLike": {"s3:prefix": prefix + ".pulumi/*"}}
		statements = append(statements, list, allow(bucket+"/"+prefix+".pulumi/*", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"))
	}
	if config.SecretsKeyArn != "" {
		statements = append(statements, allow(config.SecretsKeyArn, "kms:Decrypt", "kms:Encrypt"))
	}
	return statements
}
