package jenkins

// Args say what the host is told at its first boot. None of them is a secret: whoever may describe the instance can
// read its user data.
type Args struct {
	Region               string // of the pipeline, its artifacts and the admin's parameter
	JobName              string // of the Jenkins job, which is the ProjectName of the pipeline's actions
	ActionProvider       string // of the custom action type
	ActionVersion        string // of the custom action type
	BinaryURI            string // s3://bucket/key of the slipway binary, for the processor of the host
	Source               string // what scripts/source-hash printed for the source of that binary; empty when it has no stamp
	PulumiURI            string // s3://bucket/key of the Pulumi CLI, for the processor of the host
	ReadinessURI         string // s3://bucket/prefix below which the host says how far it is
	KeyArn               string // of the KMS key for the admin's parameter
	AdminParameter       string // name of the SSM SecureString with the admin's password; the host makes it if there is none
	DataVolume           string // id of the EBS volume that becomes JENKINS_HOME
	PublicAddress        string // IPv4 address or host name by which people reach Jenkins
	BackendURL           string // of the Pulumi state that deployments use
	SecretsProvider      string // URL of the secrets provider of the stacks; empty for what they have themselves
	GoProxy, GoSumDB     string // module proxy and checksum database of the host's Go; empty for what its package sets
	ProjectFolder        string // of the repository, where the project is; empty for the repository itself
	Registry             string // host of the ECR registry that builds push to; empty for no credential helper
	LogGroup             string // CloudWatch log group for the logs of boot, Jenkins and worker; empty for none
	Heartbeat            string // the value of the dimension Stack under which the host counts a ready worker; empty for none
	Architecture         string // of the host's processor, as EC2 says it: x86_64 or arm64
	DeployInfrastructure bool   // whether a deployment may change more than task definition and service
}
