package ecs

import "slipway/sandbox/awsapi"

// API is the part of the ECS API that is answered here.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{Name: "ecs", Protocol: awsapi.JSON, Actions: map[string]awsapi.Action{
		"CreateCluster":              awsapi.Do(s.apiCreateCluster),
		"DeleteCluster":              awsapi.Do(s.apiDeleteCluster),
		"CreateService":              awsapi.Do(s.apiCreateService),
		"DeleteService":              awsapi.Do(s.apiDeleteService),
		"DescribeCapacityProviders":  awsapi.Do(s.describeProviders),
		"DescribeClusters":           awsapi.Do(s.describeClusters),
		"ListClusters":               awsapi.Do(s.listClusters),
		"ListContainerInstances":     awsapi.Do(s.listInstances),
		"DescribeContainerInstances": awsapi.Do(s.describeInstances),
		"RegisterTaskDefinition":     awsapi.Do(s.apiRegisterDefinition),
		"DescribeTaskDefinition":     awsapi.Do(s.describeDefinition),
		"DeregisterTaskDefinition":   awsapi.Do(s.deregisterDefinition),
		"DeleteTaskDefinitions":      awsapi.Do(s.deleteDefinitions),
		"ListTaskDefinitionFamilies": awsapi.Do(s.listFamilies),
		"ListTagsForResource":        awsapi.Do(s.listTags),
		"TagResource":                awsapi.Do(s.addTags),
		"UntagResource":              awsapi.Do(s.removeTags),
		"ListTaskDefinitions":        awsapi.Do(s.listDefinitions),
		"DescribeServices":           awsapi.Do(s.describeServices),
		"ListServices":               awsapi.Do(s.listServices),
		"UpdateService":              awsapi.Do(s.apiUpdateService),
		"DescribeTasks":              awsapi.Do(s.describeTasks),
		"ListTasks":                  awsapi.Do(s.listTasks),
		"RunTask":                    awsapi.Do(s.runTask),
		"ExecuteCommand":             awsapi.Do(s.execute),
		"StopTask":                   awsapi.Do(s.apiStopTask),
		"ListServiceDeployments":     awsapi.Do(s.listDeployments),
		"DescribeServiceDeployments": awsapi.Do(s.describeDeployments),
		"DescribeServiceRevisions":   awsapi.Do(s.describeRevisions),
		"StopServiceDeployment":      awsapi.Do(s.stopDeployment),
	}, Refused: map[string]string{
		"CreateTaskSet":               "services here have the deployment controller ECS, which has no task sets",
		"UpdateClusterSettings":       "nothing here reads container insights",
		"CreateCapacityProvider":      "a stack declares capacity providers, aws:ecs/capacityProvider:CapacityProvider",
		"SubmitTaskStateChange":       "only the agent of ECS calls it",
		"GetTaskProtection":           "nothing here scales in",
		"UpdateTaskProtection":        "nothing here scales in",
		"PutAccountSetting":           "an account here has the settings of a new one",
		"ListAccountSettings":         "an account here has the settings of a new one",
		"UpdateServicePrimaryTaskSet": "services here have the deployment controller ECS, which has no task sets",
	}}
}

// failure is an entry of the list of what a Describe call did not find.
type failure struct {
	ARN    string `json:"arn"`
	Reason string `json:"reason"`
}

func missing(arn string) failure { return failure{arn, "MISSING"} }

// page is a slice of a list as AWS pages it: a token is the first item of the next page.
type page struct {
	MaxResults int    `json:"maxResults"`
	NextToken  string `json:"nextToken"`
}

// cut returns the page's part of a sorted list and the token of the next one, "" at the end.
func (p page) cut(all []string) (part []string, next string, err error) {
	size := p.MaxResults
	if size <= 0 || size > 100 {
		size = 100
	}
	part, next, found := awsapi.Cut(all, token, p.NextToken, size)
	if !found {
		return nil, "", invalid("Invalid token %s", p.NextToken)
	}
	return append([]string{}, part...), next, nil
}
