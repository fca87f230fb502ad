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
	// OutputPipelineURL is the pipeline's page in the AWS console.
	OutputPipelineURL = "PipelineURL"
	// OutputPipelineName is what the pipeline's API calls take.
	OutputPipelineName = "PipelineName"
	// OutputSourceCloneURL is where git clones the source from by HTTPS; empty for GitHub.
	OutputSourceCloneURL = "SourceCloneURL"
	// OutputSourceRepository is the name of the CodeCommit repository, or owner/name on GitHub.
	OutputSourceRepository = "SourceRepository"
	// OutputSourceBranch is the branch that the pipeline follows.
	OutputSourceBranch = "SourceBranch"
	// OutputArtifactBucket is the name of the bucket with the pipeline's artifacts.
	OutputArtifactBucket = "ArtifactBucket"
	// OutputArtifactKey is the ARN of the KMS key of that bucket.
	OutputArtifactKey = "ArtifactKey"
	// OutputPublicSubnet is the id of the subnet that the Jenkins host stands in. OutputVPC and OutputInternetGateway
	// are those of the same network; the gateway is empty for a given network.
	OutputPublicSubnet = "PublicSubnet"
	// OutputJenkinsInstance is the id of the Jenkins host.
	OutputJenkinsInstance = "JenkinsInstance"
	// OutputJenkinsURL is where people reach Jenkins.
	OutputJenkinsURL = "JenkinsURL"
	// OutputJenkinsAdminParameter is the name of the SSM parameter with the password of the user admin.
	OutputJenkinsAdminParameter = "JenkinsAdminParameter"
	// OutputActionType is the custom action type, `provider/version`.
	OutputActionType = "ActionType"
)
