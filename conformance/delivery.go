package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"slipway/infra/outputs"
)

var (
	unmoved   = step{"refresh finds nothing changed", func(ctx context.Context, s *subject) error { return s.expectDrift(ctx) }}
	moved     = step{"refresh finds what is changed by hand", movedByHand}
	hostAnew  = step{"a host name replaces action type and Jenkins host", replaceHost}
	logGroups = "aws:cloudwatch/logGroup:LogGroup"
)

// deliveryConfig has what a delivery stack cannot do without, and lets Jenkins change infrastructure.
func (l *lane) deliveryConfig(worker string) map[string]string {
	return map[string]string{
		"kind": "delivery", "allowedCidr": "203.0.113.0/24", "workerBinary": worker, "pulumiBinary": worker, "zoneNames": zoneNames, "deployInfrastructure": "true",
		"environments": strings.Join(slices.Sorted(maps.Keys(environments)), ","),
		"backendUrl":   l.backend.url(), "secretsProvider": l.backend.secrets(), "permissionsBoundaryArn": boundary,
		"deleteImages": "true", "deleteRepository": "true",
	}
}

// given is a second delivery that uses the network, the repository and the key of the first.
func (l *lane) given(ctx context.Context, worker string, first *subject) (*subject, error) {
	known, err := first.stack.Outputs(ctx)
	if err != nil {
		return nil, err
	}
	text := func(name string) string { return fmt.Sprint(known[name].Value) }
	return l.open(ctx, "given", map[string]string{
		"kind": "delivery", "allowedCidr": "203.0.113.0/24", "workerBinary": worker, "pulumiBinary": worker,
		"backendUrl": l.backend.url(),
		"appName":    "given", "environments": "dev", "deleteJenkinsHome": "true",
		"existingRepository": text(outputs.SourceRepository), "kmsKeyArn": text(outputs.ArtifactKey),
		"jenkinsVpcId": text(outputs.VPC), "jenkinsSubnetId": text(outputs.PublicSubnet), "jenkinsZone": "us-east-1a",
	})
}

// movedByHand changes the log group and puts it back.
func movedByHand(ctx context.Context, s *subject) error {
	loaded, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	client := cloudwatchlogs.NewFromConfig(loaded)
	keep := func(days int32) error {
		_, err := client.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{
			LogGroupName: aws.String("/slipway/slipway/" + s.name), RetentionInDays: aws.Int32(days),
		})
		return err
	}
	if err := keep(1); err != nil {
		return err
	}
	if err := s.expectDrift(ctx, logGroups); err != nil {
		return err
	}
	return keep(30)
}

// replaceHost changes the definition of the action type, of which the host is told the version.
func replaceHost(ctx context.Context, s *subject) error {
	if err := s.configure(ctx, map[string]string{"jenkinsHostName": "jenkins.example.com"}); err != nil {
		return err
	}
	return s.expect(ctx, "aws:codepipeline/customActionType:CustomActionType replace", "aws:codepipeline/pipeline:Pipeline update",
		"aws:ec2/eipAssociation:EipAssociation replace", "aws:ec2/instance:Instance replace",
		"aws:ec2/volumeAttachment:VolumeAttachment replace", "aws:iam/policy:Policy update", "aws:ssm/association:Association replace")
}

// expectDrift looks at AWS itself and compares the types of what differs from the state with those that may.
func (s *subject) expectDrift(ctx context.Context, want ...string) error {
	channel, changes := make(chan events.EngineEvent), make(chan map[string][]string, 1)
	go func() { changes <- drift(channel) }()
	if _, err := s.stack.PreviewRefresh(ctx, optrefresh.EventStreams(channel), optrefresh.SuppressProgress()); err != nil {
		return err
	}
	if got := <-changes; !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
		return fmt.Errorf("AWS differs from the state in %v, want %q", got, want)
	}
	return nil
}

// drift are the types of the resources that a refresh found changed, with the properties that differ.
func drift(channel <-chan events.EngineEvent) map[string][]string {
	found := map[string][]string{}
	for event := range channel {
		if event.ResOutputsEvent == nil {
			continue
		}
		meta := event.ResOutputsEvent.Metadata
		if properties := slices.Sorted(maps.Keys(meta.DetailedDiff)); meta.Op != apitype.OpSame && !ofEmulator(meta.Type, properties) {
			found[meta.Type] = properties
		}
	}
	return found
}

// ofEmulator is a difference that the emulator makes by itself: it forgets the groups of an instance that a volume is
// attached to.
func ofEmulator(kind string, properties []string) bool {
	return kind == "aws:ec2/instance:Instance" && !slices.ContainsFunc(properties, func(p string) bool { return !strings.HasPrefix(p, "vpcSecurityGroupIds") })
}
