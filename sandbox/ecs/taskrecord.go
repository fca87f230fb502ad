package ecs

import (
	"sync"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/network"
)

type task struct {
	taskView
	Internal taskState `json:"internal"`
	told     string    // statuses of the last event
	run      *taskRun  // what this process knows of the task; nil for one that it found STOPPED
}

// taskState is what is remembered of a task besides what the API shows.
type taskState struct {
	ID          string     `json:"id"`
	Service     string     `json:"service"`             // key of the service
	Definition  string     `json:"definition"`          // key of the task definition
	Unhealthy   string     `json:"unhealthy,omitempty"` // why it has to be replaced, while that is so
	WasHealthy  bool       `json:"wasHealthy"`          // it passed its health checks at least once
	Targets     []target   `json:"targets"`
	Registered  bool       `json:"registered"` // the targets are in their target groups
	ImageIDs    []string   `json:"imageIds"`   // of the containers, in their order
	MetadataIDs []string   `json:"metadataIds"`
	Deployment  string     `json:"deployment"`       // id of the deployment that it counts for
	Token       string     `json:"token"`            // the client's of a RunTask
	Network     ownNetwork `json:"network,omitzero"` // under awsvpc
	// Place is where it stands in a VPC: its own network interface, or that of its container instance.
	Place network.Place `json:"place,omitzero"`
}

// taskRun is made anew when the sandbox is.
type taskRun struct {
	stop chan struct{}  // closed when the desired status becomes STOPPED
	logs sync.WaitGroup // readers of the containers' output
	// secrets are variables by container, until all have started: never in the state.
	secrets map[string][]string

	inside inside
}

type target struct {
	GroupARN string `json:"groupArn"`
	ID       string `json:"id"`
	Address  string `json:"address"`
	Port     int    `json:"port"`
	// At is where it stands in the VPC.
	At network.Place `json:"at,omitzero"`
}

type taskView struct {
	TaskARN            string          `json:"taskArn"`
	ClusterARN         string          `json:"clusterArn"`
	TaskDefinitionARN  string          `json:"taskDefinitionArn"`
	InstanceARN        string          `json:"containerInstanceArn,omitempty"`
	Group              string          `json:"group"`
	StartedBy          string          `json:"startedBy"`
	LaunchType         string          `json:"launchType,omitempty"`
	CapacityProvider   string          `json:"capacityProviderName,omitempty"`
	LastStatus         string          `json:"lastStatus"`
	DesiredStatus      string          `json:"desiredStatus"`
	HealthStatus       string          `json:"healthStatus"`
	Connectivity       string          `json:"connectivity"`
	StopCode           string          `json:"stopCode,omitempty"`
	StoppedReason      string          `json:"stoppedReason,omitempty"`
	Overrides          *overrides      `json:"overrides,omitempty"`
	ExecuteCommand     bool            `json:"enableExecuteCommand"`
	CPU                string          `json:"cpu,omitempty"`
	Memory             string          `json:"memory,omitempty"`
	Version            int             `json:"version"`
	Containers         []taskContainer `json:"containers"`
	Attachments        []attachment    `json:"attachments"`
	CreatedAt          *awsapi.Time    `json:"createdAt"`
	PullStartedAt      *awsapi.Time    `json:"pullStartedAt,omitempty"`
	PullStoppedAt      *awsapi.Time    `json:"pullStoppedAt,omitempty"`
	StartedAt          *awsapi.Time    `json:"startedAt,omitempty"`
	StoppingAt         *awsapi.Time    `json:"stoppingAt,omitempty"`
	ExecutionStoppedAt *awsapi.Time    `json:"executionStoppedAt,omitempty"`
	StoppedAt          *awsapi.Time    `json:"stoppedAt,omitempty"`
}

type taskContainer struct {
	ContainerARN string             `json:"containerArn"`
	TaskARN      string             `json:"taskArn"`
	Name         string             `json:"name"`
	Image        string             `json:"image"`
	ImageDigest  string             `json:"imageDigest,omitempty"`
	RuntimeID    string             `json:"runtimeId,omitempty"`
	LastStatus   string             `json:"lastStatus"`
	ExitCode     *int               `json:"exitCode,omitempty"`
	Reason       string             `json:"reason,omitempty"`
	HealthStatus string             `json:"healthStatus"`
	Bindings     []networkBinding   `json:"networkBindings"`
	Interfaces   []networkInterface `json:"networkInterfaces"`
}

type networkBinding struct {
	BindIP        string `json:"bindIP"`
	ContainerPort int    `json:"containerPort"`
	HostPort      int    `json:"hostPort"`
	Protocol      string `json:"protocol"`
}

type networkInterface struct {
	AttachmentID string `json:"attachmentId"`
	Address      string `json:"privateIpv4Address"`
}

type attachment struct {
	ID      string   `json:"id"`
	Type    string   `json:"type"`
	Status  string   `json:"status"`
	Details []detail `json:"details"`
}

type detail struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
