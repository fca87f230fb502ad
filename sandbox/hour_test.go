package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	ecrsdk "github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	ecssdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	snssdk "github.com/aws/aws-sdk-go-v2/service/sns"
	ssmsdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	stssdk "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// hour has AWS's clients of a sandbox that runs no containers.
type hour struct {
	*services
	config aws.Config
	ecs    *ecssdk.Client
	ecr    *ecrsdk.Client
	logs   *cloudwatchlogs.Client
	events *eventbridge.Client
	ssm    *ssmsdk.Client
	sns    *snssdk.Client
	sts    *stssdk.Client
}

func newHour(t *testing.T) *hour {
	t.Helper()
	s, server := newFront(t)
	c := sdkConfig(server.URL)
	c.Region, c.Credentials = "eu-west-1", credentials.NewStaticCredentialsProvider(s.config.Key.AccessKeyID, s.config.Key.SecretAccessKey, "")
	return &hour{
		s, c, ecssdk.NewFromConfig(c), ecrsdk.NewFromConfig(c), cloudwatchlogs.NewFromConfig(c), eventbridge.NewFromConfig(c), ssmsdk.NewFromConfig(c),
		snssdk.NewFromConfig(c), stssdk.NewFromConfig(c),
	}
}

// The calls that somebody types in the first hour, in their order: each is answered, or refused with the code and the words.
func TestTheFirstHour(t *testing.T) {
	h := newHour(t)
	text, one, no := aws.String, aws.Int32(1), aws.Int32(0)
	const cluster, family = "arn:aws:ecs:eu-west-1:000000000000:cluster/hour", "web"
	for _, call := range []struct {
		name, code, within string
		make               func(context.Context) (any, error)
	}{
		{"ecs create-cluster", "", `"Status":"ACTIVE"`, func(c context.Context) (any, error) {
			return h.ecs.CreateCluster(c, &ecssdk.CreateClusterInput{ClusterName: text("hour"), CapacityProviders: []string{"FARGATE"}, Tags: []ecstypes.Tag{{Key: text("a"), Value: text("b")}}})
		}},
		{"ecs list-tags-for-resource", "", `"Key":"a"`, func(c context.Context) (any, error) {
			return h.ecs.ListTagsForResource(c, &ecssdk.ListTagsForResourceInput{ResourceArn: text(cluster)})
		}},
		{"ecs describe-capacity-providers", "", `"Name":"FARGATE_SPOT"`, func(c context.Context) (any, error) {
			return h.ecs.DescribeCapacityProviders(c, nil)
		}},
		{"ecs register-task-definition", "", `"Revision":1`, func(c context.Context) (any, error) {
			return h.ecs.RegisterTaskDefinition(c, &ecssdk.RegisterTaskDefinitionInput{Family: text(family), ContainerDefinitions: []ecstypes.ContainerDefinition{{
				Name: text("app"), Image: text("app:1"), Memory: aws.Int32(64), Essential: aws.Bool(true),
			}}})
		}},
		{"ecs create-service", "", `"DesiredCount":1`, func(c context.Context) (any, error) {
			return h.ecs.CreateService(c, &ecssdk.CreateServiceInput{Cluster: text("hour"), ServiceName: text("web"), TaskDefinition: text(family), DesiredCount: one})
		}},
		{"ecs create-service, again", "InvalidParameterException", "not idempotent", func(c context.Context) (any, error) {
			return h.ecs.CreateService(c, &ecssdk.CreateServiceInput{Cluster: text("hour"), ServiceName: text("web"), TaskDefinition: text(family), DesiredCount: one})
		}},
		{"ecs create-service with a member that is not done here", "InvalidParameterException", "availabilityZoneRebalancing", func(c context.Context) (any, error) {
			return h.ecs.CreateService(c, &ecssdk.CreateServiceInput{Cluster: text("hour"), ServiceName: text("other"), TaskDefinition: text(family), AvailabilityZoneRebalancing: "ENABLED"})
		}},
		{"ecs delete-cluster with a service", "ClusterContainsServicesException", "", func(c context.Context) (any, error) {
			return h.ecs.DeleteCluster(c, &ecssdk.DeleteClusterInput{Cluster: text("hour")})
		}},
		{"ecs delete-service above 0", "InvalidParameterException", "scaled above 0", func(c context.Context) (any, error) {
			return h.ecs.DeleteService(c, &ecssdk.DeleteServiceInput{Cluster: text("hour"), Service: text("web")})
		}},
		{"ecs update-service to 0", "", `"DesiredCount":0`, func(c context.Context) (any, error) {
			return h.ecs.UpdateService(c, &ecssdk.UpdateServiceInput{Cluster: text("hour"), Service: text("web"), DesiredCount: no})
		}},
		{"ecs delete-service", "", `"Status":"DRAINING"`, func(c context.Context) (any, error) {
			return h.ecs.DeleteService(c, &ecssdk.DeleteServiceInput{Cluster: text("hour"), Service: text("web")})
		}},
		{"ecs update-task-protection", "UnknownOperationException", "nothing here scales in", func(c context.Context) (any, error) {
			return h.ecs.UpdateTaskProtection(c, &ecssdk.UpdateTaskProtectionInput{Cluster: text("hour"), Tasks: []string{"a"}})
		}},
		{"ecr create-repository", "", `"RepositoryName":"hour/app"`, func(c context.Context) (any, error) {
			return h.ecr.CreateRepository(c, &ecrsdk.CreateRepositoryInput{RepositoryName: text("hour/app"), ImageTagMutability: ecrtypes.ImageTagMutabilityImmutable})
		}},
		{"ecr create-repository, again", "RepositoryAlreadyExistsException", "hour/app", func(c context.Context) (any, error) {
			return h.ecr.CreateRepository(c, &ecrsdk.CreateRepositoryInput{RepositoryName: text("hour/app")})
		}},
		{"ecr tag-resource", "", "", func(c context.Context) (any, error) {
			return h.ecr.TagResource(c, &ecrsdk.TagResourceInput{ResourceArn: text("arn:aws:ecr:eu-west-1:000000000000:repository/hour/app"), Tags: []ecrtypes.Tag{{Key: text("a"), Value: text("b")}}})
		}},
		{"ecr list-tags-for-resource", "", `"Key":"a"`, func(c context.Context) (any, error) {
			return h.ecr.ListTagsForResource(c, &ecrsdk.ListTagsForResourceInput{ResourceArn: text("arn:aws:ecr:eu-west-1:000000000000:repository/hour/app")})
		}},
		{"ecr put-lifecycle-policy", "InvalidParameterException", "there must be a rule", func(c context.Context) (any, error) {
			return h.ecr.PutLifecyclePolicy(c, &ecrsdk.PutLifecyclePolicyInput{RepositoryName: text("hour/app"), LifecyclePolicyText: text(`{"rules":[]}`)})
		}},
		{"ecr start-image-scan", "UnknownOperationException", "there is no scanner", func(c context.Context) (any, error) {
			return h.ecr.StartImageScan(c, &ecrsdk.StartImageScanInput{RepositoryName: text("hour/app"), ImageId: &ecrtypes.ImageIdentifier{ImageTag: text("1")}})
		}},
		{"ecr delete-repository", "", "hour/app", func(c context.Context) (any, error) {
			return h.ecr.DeleteRepository(c, &ecrsdk.DeleteRepositoryInput{RepositoryName: text("hour/app")})
		}},
		{"logs create-log-group", "", "", func(c context.Context) (any, error) {
			return h.logs.CreateLogGroup(c, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: text("/hour")})
		}},
		{"logs create-log-stream", "", "", func(c context.Context) (any, error) {
			return h.logs.CreateLogStream(c, &cloudwatchlogs.CreateLogStreamInput{LogGroupName: text("/hour"), LogStreamName: text("s")})
		}},
		{"logs create-log-stream, again", "ResourceAlreadyExistsException", "", func(c context.Context) (any, error) {
			return h.logs.CreateLogStream(c, &cloudwatchlogs.CreateLogStreamInput{LogGroupName: text("/hour"), LogStreamName: text("s")})
		}},
		{"logs put-log-events", "", `"RejectedLogEventsInfo":null`, func(c context.Context) (any, error) { return h.sent(c, 0) }},
		{"logs put-log-events, too old", "", `"TooOldLogEventEndIndex":1`, func(c context.Context) (any, error) { return h.sent(c, -15*24*time.Hour) }},
		{"logs put-log-events, out of order", "InvalidParameterException", "chronological", func(c context.Context) (any, error) { return h.sent(c, 0, -time.Hour) }},
		{"logs get-log-events", "", `"Message":"a line"`, func(c context.Context) (any, error) {
			return h.logs.GetLogEvents(c, &cloudwatchlogs.GetLogEventsInput{LogGroupName: text("/hour"), LogStreamName: text("s")})
		}},
		{"logs put-retention-policy", "InvalidParameterException", "retentionInDays", func(c context.Context) (any, error) {
			return h.logs.PutRetentionPolicy(c, &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: text("/hour"), RetentionInDays: aws.Int32(2)})
		}},
		{"logs start-query", "UnknownOperationException", "no Logs Insights", func(c context.Context) (any, error) {
			return h.logs.StartQuery(c, &cloudwatchlogs.StartQueryInput{LogGroupName: text("/hour"), QueryString: text("fields @message"), StartTime: aws.Int64(0), EndTime: aws.Int64(1)})
		}},
		{"logs delete-log-stream", "", "", func(c context.Context) (any, error) {
			return h.logs.DeleteLogStream(c, &cloudwatchlogs.DeleteLogStreamInput{LogGroupName: text("/hour"), LogStreamName: text("s")})
		}},
		{"logs delete-log-group", "", "", func(c context.Context) (any, error) {
			return h.logs.DeleteLogGroup(c, &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: text("/hour")})
		}},
		{"sns create-topic", "", "hour", func(c context.Context) (any, error) {
			return h.sns.CreateTopic(c, &snssdk.CreateTopicInput{Name: text("hour")})
		}},
		{"events put-rule", "", "rule/hour", func(c context.Context) (any, error) {
			return h.events.PutRule(c, &eventbridge.PutRuleInput{Name: text("hour"), EventPattern: text(`{"source":["mine"]}`)})
		}},
		{"events put-rule by time", "ValidationException", "no schedule runs", func(c context.Context) (any, error) {
			return h.events.PutRule(c, &eventbridge.PutRuleInput{Name: text("often"), ScheduleExpression: text("rate(1 minute)")})
		}},
		{"events put-targets", "", `"FailedEntryCount":0`, func(c context.Context) (any, error) {
			return h.events.PutTargets(c, &eventbridge.PutTargetsInput{Rule: text("hour"), Targets: []eventtypes.Target{{Id: text("1"), Arn: text("arn:aws:sns:eu-west-1:000000000000:hour")}}})
		}},
		{"events disable-rule", "", "", func(c context.Context) (any, error) {
			return h.events.DisableRule(c, &eventbridge.DisableRuleInput{Name: text("hour")})
		}},
		{"events describe-rule", "", `"State":"DISABLED"`, func(c context.Context) (any, error) {
			return h.events.DescribeRule(c, &eventbridge.DescribeRuleInput{Name: text("hour")})
		}},
		{"events delete-rule with targets", "ValidationException", "since it has targets", func(c context.Context) (any, error) {
			return h.events.DeleteRule(c, &eventbridge.DeleteRuleInput{Name: text("hour")})
		}},
		{"events remove-targets", "", `"FailedEntryCount":0`, func(c context.Context) (any, error) {
			return h.events.RemoveTargets(c, &eventbridge.RemoveTargetsInput{Rule: text("hour"), Ids: []string{"1"}})
		}},
		{"events delete-rule", "", "", func(c context.Context) (any, error) {
			return h.events.DeleteRule(c, &eventbridge.DeleteRuleInput{Name: text("hour")})
		}},
		{"events test-event-pattern", "", `"Result":true`, func(c context.Context) (any, error) {
			return h.events.TestEventPattern(c, &eventbridge.TestEventPatternInput{
				EventPattern: text(`{"source":["mine"]}`), Event: text(`{"id":"1","source":"mine","detail-type":"x","account":"1","time":"2026-01-01T00:00:00Z","region":"eu-west-1","resources":[],"detail":{}}`),
			})
		}},
		{"ssm put-parameter", "", `"Version":1`, func(c context.Context) (any, error) {
			return h.ssm.PutParameter(c, &ssmsdk.PutParameterInput{Name: text("/hour/a"), Value: text("1"), Type: ssmtypes.ParameterTypeString})
		}},
		{"ssm put-parameter below", "", `"Version":1`, func(c context.Context) (any, error) {
			return h.ssm.PutParameter(c, &ssmsdk.PutParameterInput{Name: text("/hour/a/b"), Value: text("secret"), Type: ssmtypes.ParameterTypeSecureString})
		}},
		{"ssm get-parameters-by-path, one by one", "", `"NextToken":"/hour/a"`, func(c context.Context) (any, error) {
			return h.ssm.GetParametersByPath(c, &ssmsdk.GetParametersByPathInput{Path: text("/hour"), Recursive: aws.Bool(true), MaxResults: one})
		}},
		{"ssm get-parameters-by-path, the rest", "", `"Value":"secret"`, func(c context.Context) (any, error) {
			return h.ssm.GetParametersByPath(c, &ssmsdk.GetParametersByPathInput{Path: text("/hour"), Recursive: aws.Bool(true), WithDecryption: aws.Bool(true), NextToken: text("/hour/a")})
		}},
		{"ssm send-command", "UnknownOperationException", "no agent", func(c context.Context) (any, error) {
			return h.ssm.SendCommand(c, &ssmsdk.SendCommandInput{DocumentName: text("AWS-RunShellScript"), InstanceIds: []string{"i-1"}})
		}},
		{"sts assume-role of nobody", "AccessDenied", "sts:AssumeRole on resource: arn:aws:iam::000000000000:role/none", func(c context.Context) (any, error) {
			return h.sts.AssumeRole(c, &stssdk.AssumeRoleInput{RoleArn: text("arn:aws:iam::000000000000:role/none"), RoleSessionName: text("me")})
		}},
	} {
		out, err := call.make(t.Context())
		answer, _ := json.Marshal(out)
		var refused smithy.APIError
		switch {
		case err == nil && call.code == "" && strings.Contains(string(answer), call.within):
		case errors.As(err, &refused) && refused.ErrorCode() == call.code && strings.Contains(refused.ErrorMessage(), call.within):
		default:
			t.Errorf("%s: %s, %v", call.name, answer, err)
		}
	}
}

// sent puts a line for each time, so long from now.
func (h *hour) sent(c context.Context, from ...time.Duration) (any, error) {
	var all []logstypes.InputLogEvent
	for _, d := range from {
		all = append(all, logstypes.InputLogEvent{Timestamp: aws.Int64(time.Now().Add(d).UnixMilli()), Message: aws.String("a line")})
	}
	return h.logs.PutLogEvents(c, &cloudwatchlogs.PutLogEventsInput{LogGroupName: aws.String("/hour"), LogStreamName: aws.String("s"), LogEvents: all})
}

// A session of a role is for whom its trust policy names, the user and another role alike.
func TestAssumingARole(t *testing.T) {
	h := newHour(t)
	trusts := func(principal string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{` + principal + `},"Action":"sts:AssumeRole"}]}`
	}
	for name, principal := range map[string]string{
		"open": `"AWS":"arn:aws:iam::000000000000:root"`, "tasks": `"Service":"ecs-tasks.amazonaws.com"`,
	} {
		h.declare(t, "aws:iam/role:Role", name, map[string]any{"name": name, "assumeRolePolicy": trusts(principal)})
	}
	assume := func(by aws.Config, role string, seconds int32) (*stssdk.AssumeRoleOutput, error) {
		return stssdk.NewFromConfig(by).AssumeRole(t.Context(), &stssdk.AssumeRoleInput{
			RoleArn: aws.String("arn:aws:iam::000000000000:role/" + role), RoleSessionName: aws.String("me"), DurationSeconds: aws.Int32(seconds),
		})
	}
	as := func(key, secret, token string) aws.Config {
		c := h.config
		c.Credentials = credentials.NewStaticCredentialsProvider(key, secret, token)
		return c
	}
	out, err := assume(h.config, "open", 900)
	if err != nil {
		t.Fatal(err)
	}
	session := as(*out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken)
	who, err := stssdk.NewFromConfig(session).GetCallerIdentity(t.Context(), nil)
	if err != nil || *who.Arn != "arn:aws:sts::000000000000:assumed-role/open/me" || *who.Arn != *out.AssumedRoleUser.Arn {
		t.Errorf("the session is %+v, %v", who, err)
	}
	may := h.role(t, "may", allow("*", "sts:AssumeRole"))
	mayNot := h.role(t, "maynot")
	for name, c := range map[string]struct {
		by      aws.Config
		role    string
		seconds int32
		code    string
	}{
		"a role of tasks":           {h.config, "tasks", 900, "AccessDenied"},
		"longer than the role has":  {h.config, "open", 7200, "ValidationError"},
		"by a role that may":        {as(may.AccessKeyID, may.SecretAccessKey, may.SessionToken), "open", 3600, ""},
		"longer than a chain lasts": {as(may.AccessKeyID, may.SecretAccessKey, may.SessionToken), "open", 3601, "ValidationError"},
		"by one that may not":       {as(mayNot.AccessKeyID, mayNot.SecretAccessKey, mayNot.SessionToken), "open", 900, "AccessDenied"},
		"what it does not trust":    {as(may.AccessKeyID, may.SecretAccessKey, may.SessionToken), "tasks", 900, "AccessDenied"},
	} {
		_, err := assume(c.by, c.role, c.seconds)
		var refused smithy.APIError
		if got := errors.As(err, &refused); got && refused.ErrorCode() != c.code || !got && c.code != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
