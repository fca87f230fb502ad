package elbv2

import (
	"slipway/sandbox/awsapi"
)

// API is the part of Elastic Load Balancing v2 that AWS's clients can call here.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{
		Name:      "elasticloadbalancing",
		Protocol:  awsapi.Query,
		Namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
		Actions: map[string]awsapi.Action{
			"DescribeLoadBalancers":          awsapi.Do(s.describeLoadBalancers),
			"DescribeLoadBalancerAttributes": awsapi.Do(s.describeLoadBalancerAttributes),
			"DescribeListeners":              awsapi.Do(s.describeListeners),
			"DescribeRules":                  awsapi.Do(s.describeRules),
			"DescribeTargetGroups":           awsapi.Do(s.describeTargetGroups),
			"DescribeTargetGroupAttributes":  awsapi.Do(s.describeTargetGroupAttributes),
			"DescribeTargetHealth":           awsapi.Do(s.describeTargetHealth),
			"DescribeTags":                   awsapi.Do(s.describeTags),
		},
	}
}

// attribute is one entry of an attributes list.
type attribute struct {
	Key   string
	Value string
}

type attributesAnswer struct {
	Attributes []attribute `xml:"Attributes>member"`
}
