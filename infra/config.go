package infra

// The kinds of stack: one delivery stack serves every environment.
const (
	KindDelivery    = "delivery"
	KindEnvironment = "environment"
)

// What runs the tasks of an environment.
const (
	CapacityEC2     = "ec2"
	CapacityFargate = "fargate"
)

// How private subnets reach the internet.
const (
	NATNone    = "none"
	NATSingle  = "single"
	NATPerZone = "perZone"
)

// CPU architectures of the hosts and of the image.
const (
	ArchitectureX86 = "x86_64"
	ArchitectureARM = "arm64"
)

// Config is the checked configuration of one stack, with every default filled in.
type Config struct {
	// Kind is KindDelivery or KindEnvironment.
	Kind string
	// AppName stands in the names of all resources and is the name of the ECR repository.
	AppName string

	// RepositoryName and Branch are the git repository and branch that the pipeline follows.
	RepositoryName, Branch string
	// AllowedCidr may reach Jenkins; empty when nobody may.
	AllowedCidr string

	// Image is `repo@sha256:…`; empty means to keep what the stack runs.
	Image string
	// Commit is what Image was built from.
	Commit string
	// DeliveryStack is the stack whose registry the environment pulls from.
	DeliveryStack string

	// Capacity is CapacityEC2 or CapacityFargate.
	Capacity string
	// Architecture is ArchitectureX86 or ArchitectureARM.
	Architecture string
	// InstanceType, KeyName, MinInstances and MaxInstances describe the hosts of CapacityEC2.
	InstanceType, KeyName      string
	MinInstances, MaxInstances int

	// DesiredCount is the number of tasks; when MaxCount is greater, the service scales between the two.
	DesiredCount, MaxCount int
	// ScaleOnCPU is the average CPU use, in percent, that scaling aims at.
	ScaleOnCPU int
	// MinimumHealthyPercent and MaximumPercent bound the running tasks in a rollout, in percent of DesiredCount.
	MinimumHealthyPercent, MaximumPercent int
	// CPU is in CPU units (1024 are one vCPU) and Memory in MiB, each for one task.
	CPU, Memory int

	// ContainerPort and HealthPath are where the app listens and says that it is well.
	ContainerPort int
	HealthPath    string
	// HealthGrace is how long a new task may fail its health checks, in seconds.
	HealthGrace int
	// DeregistrationDelay is how long a leaving task may finish its requests, in seconds.
	DeregistrationDelay int

	// VPCCidr is divided into sixteen subnets, of which each zone takes two.
	VPCCidr string
	// Zones is the number of availability zones.
	Zones int
	// NAT is NATNone, NATSingle or NATPerZone.
	NAT string
	// EgressPorts are the TCP ports on which tasks and hosts may reach the internet.
	EgressPorts []int

	// CertificateArn turns HTTPS on; DomainName is the name it is for.
	CertificateArn, DomainName string
	// LogRetentionDays is how long CloudWatch Logs keeps what the app writes.
	LogRetentionDays int
	// KMSKeyArn encrypts images, logs and disks; empty means the key that AWS keeps for each service.
	KMSKeyArn string
	// DeleteImages allows destroy to delete a registry that still holds images.
	DeleteImages bool
}

// ParseConfig checks the values of a stack's configuration, whose keys come without their namespace.
// Its error is a *ConfigError with every problem found.
func ParseConfig(raw map[string]string) (*Config, error) {
	config := &Config{}
	problems := unknownKeys(raw)
	for _, s := range settings {
		problems = append(problems, s.apply(config, raw)...)
	}
	if len(problems) == 0 {
		config.fill()
		problems = config.contradictions()
	}
	if len(problems) > 0 {
		return nil, &ConfigError{Problems: problems}
	}
	return config, nil
}

// fill sets the defaults that follow from other values.
func (c *Config) fill() {
	if c.RepositoryName == "" {
		c.RepositoryName = c.AppName
	}
	if c.InstanceType == "" {
		c.InstanceType = map[string]string{ArchitectureX86: "t3.small", ArchitectureARM: "t4g.small"}[c.Architecture]
	}
	if c.MaxInstances == 0 {
		c.MaxInstances = max(2, 2*c.MinInstances)
	}
	if c.MaxCount == 0 {
		c.MaxCount = c.DesiredCount
	}
}
