package awsapi_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	lbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go"

	"slipway/sandbox/awsapi"
)

var moment = awsapi.Time{Time: time.UnixMilli(1767225600500).UTC()}

// sdk returns the configuration of an AWS SDK that speaks to these services.
func sdk(t *testing.T, services ...awsapi.Service) aws.Config {
	t.Helper()
	s := httptest.NewServer(awsapi.NewHandler(slog.New(slog.DiscardHandler), services...))
	t.Cleanup(s.Close)
	c, err := config.LoadDefaultConfig(t.Context(), config.WithRegion("us-east-1"), config.WithBaseEndpoint(s.URL),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("sandbox", "sandbox", "")))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestECSClient(t *testing.T) {
	type service struct {
		ServiceName string      `json:"serviceName"`
		CreatedAt   awsapi.Time `json:"createdAt"`
	}
	type answer struct {
		Services []service `json:"services"`
	}
	c := ecs.NewFromConfig(sdk(t, awsapi.Service{Name: "ecs", Protocol: awsapi.JSON, Actions: map[string]awsapi.Action{
		"DescribeServices": awsapi.Do(func(_ context.Context, in struct {
			Cluster  string
			Services []string
		}) (answer, error) {
			if in.Cluster == "gone" {
				return answer{}, awsapi.Errorf("ClusterNotFoundException", "Cluster not found.")
			}
			return answer{[]service{{in.Cluster + "-web", moment}}}, nil
		}),
	}}))
	out, err := c.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Cluster: aws.String("dev"), Services: []string{"web"}})
	if err != nil {
		t.Fatal(err)
	}
	if s := out.Services[0]; *s.ServiceName != "dev-web" || !s.CreatedAt.Equal(moment.Time) {
		t.Errorf("service is %s of %s", *s.ServiceName, s.CreatedAt)
	}
	_, err = c.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Cluster: aws.String("gone"), Services: []string{"web"}})
	var missing *ecstypes.ClusterNotFoundException
	if !errors.As(err, &missing) || *missing.Message != "Cluster not found." {
		t.Errorf("error is %v", err)
	}
	_, err = c.ListTasks(t.Context(), &ecs.ListTasksInput{})
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "UnknownOperationException" {
		t.Errorf("error is %v", err)
	}
}

func TestBalancerClient(t *testing.T) {
	type targetGroup struct {
		TargetGroupArn  string
		TargetGroupName string
	}
	type answer struct {
		TargetGroups []targetGroup `xml:"TargetGroups>member"`
	}
	type question struct{ Names []string }
	c := elasticloadbalancingv2.NewFromConfig(sdk(t, awsapi.Service{
		Name: "elasticloadbalancing", Protocol: awsapi.Query, Namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
		Actions: map[string]awsapi.Action{
			"DescribeTargetGroups": awsapi.Do(func(_ context.Context, in question) (out answer, err error) {
				for _, name := range in.Names {
					if name == "gone" {
						return out, awsapi.Errorf("TargetGroupNotFound", "One or more target groups not found")
					}
					out.TargetGroups = append(out.TargetGroups, targetGroup{"arn:" + name, name})
				}
				return out, nil
			}),
		},
	}))
	ask := func(names ...string) (*elasticloadbalancingv2.DescribeTargetGroupsOutput, error) {
		return c.DescribeTargetGroups(t.Context(), &elasticloadbalancingv2.DescribeTargetGroupsInput{Names: names})
	}
	out, err := ask("a", "b")
	if err != nil || len(out.TargetGroups) != 2 || *out.TargetGroups[1].TargetGroupArn != "arn:b" {
		t.Errorf("answer is %+v, %v", out, err)
	}
	_, err = ask("gone")
	var missing *lbtypes.TargetGroupNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("error is %v", err)
	}
}

func TestRegistryClient(t *testing.T) {
	c := ecr.NewFromConfig(sdk(t, awsapi.Service{Name: "ecr", Protocol: awsapi.JSON, Actions: map[string]awsapi.Action{
		"DescribeImages": awsapi.Do(func(context.Context, struct{ RepositoryName string }) (struct{}, error) {
			return struct{}{}, awsapi.Errorf("RepositoryNotFoundException", "The repository does not exist")
		}),
	}}))
	_, err := c.DescribeImages(t.Context(), &ecr.DescribeImagesInput{RepositoryName: aws.String("app")})
	var missing *ecrtypes.RepositoryNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("error is %v", err)
	}
}

func TestLogsClient(t *testing.T) {
	type event struct {
		Message   string `json:"message"`
		Timestamp int64  `json:"timestamp"`
	}
	type answer struct {
		Events []event `json:"events"`
	}
	c := cloudwatchlogs.NewFromConfig(sdk(t, awsapi.Service{Name: "logs", Protocol: awsapi.JSON, Actions: map[string]awsapi.Action{
		"FilterLogEvents": awsapi.Do(func(_ context.Context, in struct{ LogGroupName string }) (answer, error) {
			if in.LogGroupName == "" {
				return answer{}, awsapi.Errorf("InvalidParameterException", "no group")
			}
			return answer{[]event{{"hello", moment.UnixMilli()}}}, nil
		}),
	}}))
	out, err := c.FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("app")})
	if err != nil || *out.Events[0].Timestamp != moment.UnixMilli() {
		t.Errorf("answer is %+v, %v", out, err)
	}
	_, err = c.FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{})
	var invalid *logstypes.InvalidParameterException
	if !errors.As(err, &invalid) {
		t.Errorf("error is %v", err)
	}
}
