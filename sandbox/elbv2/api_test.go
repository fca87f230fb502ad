package elbv2

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"slipway/sandbox/awsapi"
)

// sdk is the AWS SDK's client of the service's API.
func (x *stand) sdk() *client.Client {
	api := httptest.NewServer(awsapi.NewHandler(slog.New(slog.DiscardHandler), x.API()))
	x.t.Cleanup(api.Close)
	return client.New(client.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(api.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "sandbox", SecretAccessKey: "sandbox"}, nil
		}),
	})
}

func TestTheSDKReadsWhatIsThere(t *testing.T) {
	x := fresh(t)
	url, arn := x.web(nil)
	a := newApp(t, "i-1")
	a.healthy.Store(false)
	x.register(arn, a)
	x.reaches(arn, "i-1", a.address(), Unhealthy)
	api, ctx := x.sdk(), context.Background()

	balancers, err := api.DescribeLoadBalancers(ctx, &client.DescribeLoadBalancersInput{Names: []string{"web"}})
	if err != nil || len(balancers.LoadBalancers) != 1 {
		t.Fatal(balancers, err)
	}
	b := balancers.LoadBalancers[0]
	if "http://"+*b.DNSName != url || b.State.Code != types.LoadBalancerStateEnumActive || b.CreatedTime.IsZero() ||
		*b.VpcId != "vpc-1" || len(b.AvailabilityZones) != 2 || *b.AvailabilityZones[1].SubnetId != "subnet-2" {
		t.Errorf("%+v", b)
	}
	listeners, err := api.DescribeListeners(ctx, &client.DescribeListenersInput{LoadBalancerArn: b.LoadBalancerArn})
	if err != nil || len(listeners.Listeners) != 1 || *listeners.Listeners[0].Port != 80 || *listeners.Listeners[0].DefaultActions[0].TargetGroupArn != arn {
		t.Errorf("%+v %v", listeners, err)
	}
	rules, err := api.DescribeRules(ctx, &client.DescribeRulesInput{ListenerArn: listeners.Listeners[0].ListenerArn})
	if err != nil || len(rules.Rules) != 1 || !*rules.Rules[0].IsDefault {
		t.Errorf("%+v %v", rules, err)
	}
	groups, err := api.DescribeTargetGroups(ctx, &client.DescribeTargetGroupsInput{LoadBalancerArn: b.LoadBalancerArn})
	if err != nil || len(groups.TargetGroups) != 1 {
		t.Fatal(groups, err)
	}
	g := groups.TargetGroups[0]
	if *g.HealthCheckPath != "/healthz" || *g.HealthCheckIntervalSeconds != 5 || *g.Matcher.HttpCode != "200" || g.LoadBalancerArns[0] != *b.LoadBalancerArn {
		t.Errorf("%+v", g)
	}
	attributes, err := api.DescribeTargetGroupAttributes(ctx, &client.DescribeTargetGroupAttributesInput{TargetGroupArn: &arn})
	if err != nil || *attributes.Attributes[0].Value != "5" {
		t.Errorf("%+v %v", attributes, err)
	}
	health, err := api.DescribeTargetHealth(ctx, &client.DescribeTargetHealthInput{TargetGroupArn: &arn})
	if err != nil || len(health.TargetHealthDescriptions) != 1 {
		t.Fatal(health, err)
	}
	h := health.TargetHealthDescriptions[0]
	if *h.Target.Id != "i-1" || !strings.HasSuffix(a.address(), *h.HealthCheckPort) || h.TargetHealth.State != types.TargetHealthStateEnumUnhealthy ||
		h.TargetHealth.Reason != types.TargetHealthReasonEnumResponseCodeMismatch || *h.TargetHealth.Description != "Health checks failed with these codes: [500]" {
		t.Errorf("%+v %+v", h, h.TargetHealth)
	}
	one, err := api.DescribeTargetHealth(ctx, &client.DescribeTargetHealthInput{TargetGroupArn: &arn, Targets: []types.TargetDescription{{Id: aws.String("i-2"), Port: aws.Int32(1)}}})
	if err != nil || one.TargetHealthDescriptions[0].TargetHealth.Reason != types.TargetHealthReasonEnumNotRegistered {
		t.Errorf("%+v %v", one, err)
	}
}

func TestListsComeInPages(t *testing.T) {
	all := []string{"a", "b", "c"}
	self := func(s string) string { return s }
	var got []string
	for p := (Paging{PageSize: 2}); ; {
		page, next, err := cut(p, all, self)
		if err != nil || len(page) > 2 {
			t.Fatal(page, err)
		}
		got = append(got, page...)
		if p.Marker = next; next == "" {
			break
		}
	}
	if !slices.Equal(got, all) {
		t.Errorf("the pages have %v", got)
	}
	for _, p := range []Paging{{PageSize: 401}, {Marker: "x"}} {
		if _, _, err := cut(p, all, self); err == nil {
			t.Errorf("%+v is no error", p)
		}
	}
	x := fresh(t)
	x.web(nil)
	x.make("aws:lb/targetGroup:TargetGroup", map[string]any{"name": "other", "port": 80, "protocol": "HTTP", "vpcId": "vpc-1", "targetType": "ip"})
	out, err := x.describeTargetGroups(t.Context(), describeTargetGroupsRequest{Paging: Paging{PageSize: 1}})
	if err != nil || len(out.TargetGroups) != 1 || out.NextMarker == "" {
		t.Errorf("a page of one group: %+v, %v", out, err)
	}
}

func TestErrorsOfTheAPI(t *testing.T) {
	x := fresh(t)
	api, ctx := x.sdk(), context.Background()
	_, err := api.DescribeTargetHealth(ctx, &client.DescribeTargetHealthInput{TargetGroupArn: aws.String("arn:none")})
	var noGroup *types.TargetGroupNotFoundException
	if !errors.As(err, &noGroup) {
		t.Error(err)
	}
	_, err = api.DescribeLoadBalancers(ctx, &client.DescribeLoadBalancersInput{Names: []string{"none"}})
	var noBalancer *types.LoadBalancerNotFoundException
	if !errors.As(err, &noBalancer) {
		t.Error(err)
	}
}
