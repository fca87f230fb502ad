package infra

// Outputs of an environment.
const (
	// OutputAppURL is where the app answers.
	OutputAppURL = "AppURL"
	// OutputVPC is the id of the VPC.
	OutputVPC = "VPC"
	// OutputInternetGateway is the id of the VPC's internet gateway.
	OutputInternetGateway = "InternetGateway"
	// OutputPublicSubnets are ids, one for each zone.
	OutputPublicSubnets = "PublicSubnets"
	// OutputPrivateSubnets are ids, one for each zone.
	OutputPrivateSubnets = "PrivateSubnets"
	// OutputCluster is the name of the ECS cluster.
	OutputCluster = "Cluster"
	// OutputService is the name of the ECS service.
	OutputService = "Service"
	// OutputTaskDefinition is the ARN of the service's task definition, with its revision.
	OutputTaskDefinition = "TaskDefinition"
	// OutputTargetGroup is the ARN of the load balancer's target group.
	OutputTargetGroup = "TargetGroup"
	// OutputLogGroup is the name of the app's log group.
	OutputLogGroup = "LogGroup"
	// OutputImage is `repo@sha256:…`, or empty before the first release.
	OutputImage = "Image"
	// OutputImageDigest is the `sha256:…` of OutputImage, or empty.
	OutputImageDigest = "ImageDigest"
	// OutputCommit is what OutputImage was built from, or empty.
	OutputCommit = "Commit"
)

// Outputs of delivery.
const (
	// OutputRepositoryURL is what comes before the tag or digest in an image's reference.
	OutputRepositoryURL = "RepositoryURL"
	// OutputRepositoryName is the name of the ECR repository.
	OutputRepositoryName = "RepositoryName"
	// OutputRepositoryArn is the ARN of the ECR repository.
	OutputRepositoryArn = "RepositoryArn"
)
