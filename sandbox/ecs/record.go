package ecs

import (
	"slices"
	"strings"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/ecs/definition"
	"slipway/sandbox/ecs/schedule"
)

// A record is kept in the store; the part that is embedded is also what the ECS API shows.

type tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type cluster struct {
	clusterView
	Internal struct {
		Instance string `json:"instance"` // EC2 id of the one container instance
		ARN      string `json:"arn"`      // of the container instance
	} `json:"internal"`
}

type clusterView struct {
	ClusterARN        string         `json:"clusterArn"`
	ClusterName       string         `json:"clusterName"`
	Status            string         `json:"status"`
	Settings          []setting      `json:"settings"`
	CapacityProviders []string       `json:"capacityProviders"`
	DefaultStrategy   []strategyItem `json:"defaultCapacityProviderStrategy"`
	Tags              []tag          `json:"tags,omitempty"`

	RunningTasks   int `json:"runningTasksCount"`
	PendingTasks   int `json:"pendingTasksCount"`
	ActiveServices int `json:"activeServicesCount"`
	Instances      int `json:"registeredContainerInstancesCount"`
}

type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type strategyItem struct {
	CapacityProvider string `json:"capacityProvider"`
	Base             int    `json:"base"`
	Weight           int    `json:"weight"`
}

type taskDefinition struct {
	taskDefinitionView
	Internal struct {
		SkipDestroy bool  `json:"skipDestroy"`
		Tags        []tag `json:"tags"`
	} `json:"internal"`
}

type taskDefinitionView struct {
	ARN string `json:"taskDefinitionArn"`
	definition.Task
	Revision       int          `json:"revision"`
	Status         string       `json:"status"`
	Compatible     []string     `json:"compatibilities"`
	RegisteredAt   *awsapi.Time `json:"registeredAt,omitempty"`
	DeregisteredAt *awsapi.Time `json:"deregisteredAt,omitempty"`
	Volumes        []any        `json:"volumes"`
	Placement      []any        `json:"placementConstraints"`
}

type service struct {
	serviceView
	Internal serviceState `json:"internal"`
}

// serviceState is what the scheduler remembers of a service.
type serviceState struct {
	Completed   completed           `json:"completed"`
	Strikes     int                 `json:"strikes"`  // tasks in a row that never became healthy
	RetryAt     time.Time           `json:"retryAt"`  // no task is started before
	Steady      bool                `json:"steady"`   // the steady state was reported
	Blocked     bool                `json:"blocked"`  // that the percentages block a deployment was reported
	Crowded     bool                `json:"crowded"`  // that there is no room for a task was reported
	GoneAt      time.Time           `json:"goneAt"`   // when it became INACTIVE
	Declared    *int                `json:"declared"` // the count of tasks in the provider's state; nil when none declared one
	Deployments []serviceDeployment `json:"serviceDeployments"`
}

// completed is the deployment that a failed one is rolled back to.
type completed struct {
	ID         string `json:"id"`
	Definition string `json:"definition"`
	Revision   string `json:"revision"` // ARN of the service revision
}

type serviceView struct {
	ServiceARN       string             `json:"serviceArn"`
	ServiceName      string             `json:"serviceName"`
	ClusterARN       string             `json:"clusterArn"`
	LoadBalancers    []loadBalancer     `json:"loadBalancers"`
	Registries       []any              `json:"serviceRegistries"`
	Status           string             `json:"status"`
	DesiredCount     int                `json:"desiredCount"`
	RunningCount     int                `json:"runningCount"`
	PendingCount     int                `json:"pendingCount"`
	LaunchType       string             `json:"launchType,omitempty"`
	Strategy         []strategyItem     `json:"capacityProviderStrategy,omitempty"`
	PlatformVersion  string             `json:"platformVersion,omitempty"`
	TaskDefinition   string             `json:"taskDefinition"`
	Configuration    deploymentSettings `json:"deploymentConfiguration"`
	Deployments      []*deployment      `json:"deployments"`
	RoleARN          string             `json:"roleArn,omitempty"`
	Events           []event            `json:"events"`
	CreatedAt        *awsapi.Time       `json:"createdAt"`
	Network          *networkSettings   `json:"networkConfiguration,omitempty"`
	GracePeriod      int                `json:"healthCheckGracePeriodSeconds"`
	Scheduling       string             `json:"schedulingStrategy"`
	Controller       controller         `json:"deploymentController"`
	ManagedTags      bool               `json:"enableECSManagedTags"`
	PropagateTags    string             `json:"propagateTags"`
	ExecuteCommand   bool               `json:"enableExecuteCommand"`
	PlacementRules   []any              `json:"placementConstraints"`
	PlacementChoices []any              `json:"placementStrategy"`
	Tags             []tag              `json:"tags,omitempty"`
}

type loadBalancer struct {
	TargetGroupARN string `json:"targetGroupArn"`
	ContainerName  string `json:"containerName"`
	ContainerPort  int    `json:"containerPort"`
}

type controller struct {
	Type string `json:"type"`
}

type deploymentSettings struct {
	Breaker        breaker `json:"deploymentCircuitBreaker"`
	MaximumPercent int     `json:"maximumPercent"`
	MinimumPercent int     `json:"minimumHealthyPercent"`
	Strategy       string  `json:"strategy"`
	Early          *early  `json:"earlySuccessCriteria,omitempty"`
}

// early is when a deployment counts as done before all is as it should be (ECS API reference,
// DeploymentEarlySuccessCriteria, November 2026).
type early struct {
	Enable  bool   `json:"enable"`
	Percent int    `json:"healthyPercent,omitempty"`
	Cleanup string `json:"sourceServiceRevisionCleanup,omitempty"`
}

func (e *early) check(minimum int) error {
	switch {
	case e == nil || !e.Enable:
		return nil
	case e.Percent < minimum || e.Percent > 100:
		return invalid("The healthyPercent of earlySuccessCriteria must be from minimumHealthyPercent (%d) to 100.", minimum)
	case e.Cleanup != "BLOCKING" && e.Cleanup != "DEFERRED":
		return invalid("Invalid sourceServiceRevisionCleanup %s: BLOCKING or DEFERRED.", e.Cleanup)
	}
	return nil
}

// done reports whether so many healthy tasks of the desired ones, and so many others, complete a deployment.
func (e *early) done(healthy, desired, others int) bool {
	if e == nil || !e.Enable {
		return healthy == desired && others == 0
	}
	return healthy*100 >= e.Percent*desired && (others == 0 || e.Cleanup == "DEFERRED")
}

type breaker struct {
	Enable         bool       `json:"enable"`
	Rollback       bool       `json:"rollback"`
	ResetOnHealthy *bool      `json:"resetOnHealthyTask,omitempty"` // nil means true
	Threshold      *threshold `json:"thresholdConfiguration,omitempty"`
}

type threshold struct {
	Type  string `json:"type"`
	Value int    `json:"value"`
}

// limit is how many tasks of a deployment may fail (ECS API reference, ThresholdConfiguration, November 2026: without one
// it is BOUNDED_PERCENT of 50).
func (b breaker) limit(desired int) int {
	t := threshold{schedule.BoundedPercent, 50}
	if b.Threshold != nil {
		t = *b.Threshold
	}
	return schedule.Threshold(t.Type, t.Value, desired)
}

func (b breaker) check() error {
	if t := b.Threshold; t != nil && (!slices.Contains(schedule.Thresholds, t.Type) || t.Value < 1) {
		return invalid("Invalid thresholdConfiguration %s of %d: a value from 1 of %s.", t.Type, t.Value, strings.Join(schedule.Thresholds, ", "))
	}
	return nil
}

type networkSettings struct {
	Awsvpc awsvpc `json:"awsvpcConfiguration"`
}

type awsvpc struct {
	Subnets        []string `json:"subnets"`
	SecurityGroups []string `json:"securityGroups"`
	AssignPublicIP string   `json:"assignPublicIp"`
}

type event struct {
	ID        string       `json:"id"`
	CreatedAt *awsapi.Time `json:"createdAt"`
	Message   string       `json:"message"`
}

type deployment struct {
	ID             string           `json:"id"`
	Status         string           `json:"status"`
	TaskDefinition string           `json:"taskDefinition"`
	DesiredCount   int              `json:"desiredCount"`
	PendingCount   int              `json:"pendingCount"`
	RunningCount   int              `json:"runningCount"`
	FailedTasks    int              `json:"failedTasks"`
	CreatedAt      *awsapi.Time     `json:"createdAt"`
	UpdatedAt      *awsapi.Time     `json:"updatedAt"`
	LaunchType     string           `json:"launchType,omitempty"`
	Strategy       []strategyItem   `json:"capacityProviderStrategy,omitempty"`
	Network        *networkSettings `json:"networkConfiguration,omitempty"`
	RolloutState   string           `json:"rolloutState"`
	RolloutReason  string           `json:"rolloutStateReason"`
}
