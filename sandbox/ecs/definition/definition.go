// Package definition reads ECS task definitions and refuses those that ECS refuses,
// and those that ask for something that cannot be run here.
package definition

// Task is what a task definition says, under the names of the ECS API.
type Task struct {
	Family                  string      `json:"family"`
	ContainerDefinitions    []Container `json:"containerDefinitions"`
	CPU                     string      `json:"cpu,omitempty"`
	Memory                  string      `json:"memory,omitempty"`
	NetworkMode             string      `json:"networkMode,omitempty"`
	ExecutionRoleARN        string      `json:"executionRoleArn,omitempty"`
	TaskRoleARN             string      `json:"taskRoleArn,omitempty"`
	RequiresCompatibilities []string    `json:"requiresCompatibilities,omitempty"`
	Platform                *Platform   `json:"runtimePlatform,omitempty"`
}

// Platform is the processor and the system that a task's images are made for.
type Platform struct {
	CPUArchitecture       string `json:"cpuArchitecture,omitempty"`
	OperatingSystemFamily string `json:"operatingSystemFamily,omitempty"`
}

// Container is one container of a task. Sizes of memory are MiB.
type Container struct {
	Name                   string            `json:"name"`
	Image                  string            `json:"image"`
	CPU                    int64             `json:"cpu"`
	Memory                 int64             `json:"memory,omitempty"`
	MemoryReservation      int64             `json:"memoryReservation,omitempty"`
	Essential              *bool             `json:"essential,omitempty"`
	PortMappings           []PortMapping     `json:"portMappings,omitempty"`
	Environment            []KeyValue        `json:"environment,omitempty"`
	Secrets                []Secret          `json:"secrets,omitempty"`
	Command                []string          `json:"command,omitempty"`
	EntryPoint             []string          `json:"entryPoint,omitempty"`
	User                   string            `json:"user,omitempty"`
	WorkingDirectory       string            `json:"workingDirectory,omitempty"`
	Hostname               string            `json:"hostname,omitempty"`
	ReadonlyRootFilesystem bool              `json:"readonlyRootFilesystem,omitempty"`
	Privileged             bool              `json:"privileged,omitempty"`
	DockerSecurityOptions  []string          `json:"dockerSecurityOptions,omitempty"`
	LinuxParameters        *LinuxParameters  `json:"linuxParameters,omitempty"`
	Ulimits                []Ulimit          `json:"ulimits,omitempty"`
	DockerLabels           map[string]string `json:"dockerLabels,omitempty"`
	HealthCheck            *HealthCheck      `json:"healthCheck,omitempty"`
	LogConfiguration       *LogConfiguration `json:"logConfiguration,omitempty"`
	DependsOn              []Dependency      `json:"dependsOn,omitempty"`
	StartTimeout           int               `json:"startTimeout,omitempty"`
	StopTimeout            *int              `json:"stopTimeout,omitempty"`
}

// IsEssential reports whether the task ends when this container does, which is so unless it is said otherwise.
func (c Container) IsEssential() bool { return c.Essential == nil || *c.Essential }

// PortMapping is a port that the container listens on.
type PortMapping struct {
	ContainerPort int    `json:"containerPort"`
	HostPort      int    `json:"hostPort"`
	Protocol      string `json:"protocol,omitempty"`
	Name          string `json:"name,omitempty"`
	AppProtocol   string `json:"appProtocol,omitempty"`
}

// KeyValue is an environment variable.
type KeyValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// LinuxParameters are settings of the container's kernel view. Sizes are MiB.
type LinuxParameters struct {
	InitProcessEnabled bool          `json:"initProcessEnabled,omitempty"`
	SharedMemorySize   int64         `json:"sharedMemorySize,omitempty"`
	Tmpfs              []Tmpfs       `json:"tmpfs,omitempty"`
	Capabilities       *Capabilities `json:"capabilities,omitempty"`
}

// Tmpfs is a mount held in memory, of this many MiB.
type Tmpfs struct {
	ContainerPath string   `json:"containerPath"`
	Size          int64    `json:"size"`
	MountOptions  []string `json:"mountOptions,omitempty"`
}

// Capabilities are what a container may do more or less than Docker's default.
type Capabilities struct {
	Add  []string `json:"add,omitempty"`
	Drop []string `json:"drop,omitempty"`
}

// Ulimit is a resource limit of the container's processes.
type Ulimit struct {
	Name      string `json:"name"`
	SoftLimit int64  `json:"softLimit"`
	HardLimit int64  `json:"hardLimit"`
}

// HealthCheck is a command run in the container. Times are seconds; zero means ECS's default.
type HealthCheck struct {
	Command     []string `json:"command"`
	Interval    int      `json:"interval,omitempty"`
	Timeout     int      `json:"timeout,omitempty"`
	Retries     int      `json:"retries,omitempty"`
	StartPeriod int      `json:"startPeriod,omitempty"`
}

// LogConfiguration says where the container's output goes.
type LogConfiguration struct {
	LogDriver string            `json:"logDriver"`
	Options   map[string]string `json:"options,omitempty"`
}

// Dependency makes a container wait for another one of its task.
type Dependency struct {
	ContainerName string `json:"containerName"`
	Condition     string `json:"condition"`
}

// Container returns the container with this name.
func (t Task) Container(name string) (Container, bool) {
	for _, c := range t.ContainerDefinitions {
		if c.Name == name {
			return c, true
		}
	}
	return Container{}, false
}

// Supports reports whether tasks of this definition may be started with the launch type EC2 or FARGATE.
func (t Task) Supports(launchType string) bool {
	if len(t.RequiresCompatibilities) == 0 {
		return launchType == "EC2"
	}
	for _, c := range t.RequiresCompatibilities {
		if c == launchType {
			return true
		}
	}
	return false
}

// Awsvpc reports whether every task has a network interface of its own.
func (t Task) Awsvpc() bool { return t.NetworkMode == "awsvpc" }
