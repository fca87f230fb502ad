package jenkins

// Args say what the host is told at its first boot. None of them is a secret: whoever may describe the instance can
// read its user data.
type Args struct {
	Region               string // of the pipeline, its artifacts and the admin's parameter
	JobName              string // of the Jenkins job, which is the ProjectName of the pipeline's actions
	ActionProvider       string // of the custom action type
	ActionVersion        string // of the custom action type
	BinaryURI            string // s3://bucket/key of the slipway binary, for the processor of the host
	BinarySHA256         string // of that binary, in lower-case hexadecimal digits
	AdminParameter       string // name of the SSM SecureString with the admin's password; the host makes it if there is none
	DataVolume           string // id of the EBS volume that becomes JENKINS_HOME
	PublicAddress        string // IPv4 address or host name by which people reach Jenkins
	BackendURL           string // of the Pulumi state that deployments use
	Registry             string // host of the ECR registry that builds push to; empty for no credential helper
	LogGroup             string // CloudWatch log group for the log of the boot; empty for none
	Architecture         string // of the host's processor, as EC2 says it: x86_64 or arm64
	DeployInfrastructure bool   // whether a deployment may change more than task definition and service
}
