// Package outputs has the names of what a stack exports.
package outputs

// Outputs of an environment.
const (
	// AppURL is where the app answers.
	AppURL = "AppURL"
	// LoadBalancerDNS is the load balancer's own DNS name, whatever name the app has.
	LoadBalancerDNS = "LoadBalancerDNS"
	// AppName, Capacity and VPCCidr are those of the last update: what cannot be changed under a running app.
	AppName  = "AppName"
	Capacity = "Capacity"
	VPCCidr  = "VPCCidr"
	// Zones are the names of the availability zones in use. Delivery has one.
	Zones = "Zones"
	// VPC is the id of the VPC.
	VPC = "VPC"
	// InternetGateway is the id of the VPC's internet gateway.
	InternetGateway = "InternetGateway"
	// PublicSubnets are ids, one for each zone.
	PublicSubnets = "PublicSubnets"
	// PrivateSubnets are ids, one for each zone.
	PrivateSubnets = "PrivateSubnets"
	// Cluster is the name of the ECS cluster.
	Cluster = "Cluster"
	// Service is the name of the ECS service.
	Service = "Service"
	// TaskDefinition is the ARN of the service's task definition, with its revision.
	TaskDefinition = "TaskDefinition"
	// TargetGroup is the ARN of the load balancer's target group.
	TargetGroup = "TargetGroup"
	// LogGroup is the name of the app's log group.
	LogGroup = "LogGroup"
	// Image is `repo@sha256:…`, or empty before the first release.
	Image = "Image"
	// ImageDigest is the `sha256:…` of Image, or empty.
	ImageDigest = "ImageDigest"
	// Commit is what Image was built from, or empty.
	Commit = "Commit"
)

// Outputs of delivery.
const (
	// RepositoryURL is what comes before the tag or digest in an image's reference.
	RepositoryURL = "RepositoryURL"
	// RepositoryName is the name of the ECR repository.
	RepositoryName = "RepositoryName"
	// RepositoryArn is the ARN of the ECR repository.
	RepositoryArn = "RepositoryArn"
	// PipelineURL is the pipeline's page in the AWS console.
	PipelineURL = "PipelineURL"
	// PipelineName is what the pipeline's API calls take.
	PipelineName = "PipelineName"
	// SourceCloneURL is where git clones the source from by HTTPS; empty for GitHub.
	SourceCloneURL = "SourceCloneURL"
	// SourceRepository is the name of the CodeCommit repository, or owner/name on GitHub.
	SourceRepository = "SourceRepository"
	// SourceBranch is the branch that the pipeline follows.
	SourceBranch = "SourceBranch"
	// ArtifactBucket is the name of the bucket with the pipeline's artifacts.
	ArtifactBucket = "ArtifactBucket"
	// ArtifactKey is the ARN of the KMS key of that bucket.
	ArtifactKey = "ArtifactKey"
	// PublicSubnet is the id of the subnet that the Jenkins host stands in. VPC and InternetGateway
	// are those of the same network; the gateway is empty for a given network.
	PublicSubnet = "PublicSubnet"
	// JenkinsInstance is the id of the Jenkins host.
	JenkinsInstance = "JenkinsInstance"
	// JenkinsURL is where people reach Jenkins.
	JenkinsURL = "JenkinsURL"
	// JenkinsAdminParameter is the name of the SSM parameter with the password of the user admin.
	JenkinsAdminParameter = "JenkinsAdminParameter"
	// ActionType is the custom action type, `provider/version`.
	ActionType = "ActionType"
)

// LedgerPrefix begins the keys of the record of releases in ArtifactBucket.
const LedgerPrefix = "ledger/"
