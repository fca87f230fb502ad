package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

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

// deliveryConfig has what a delivery stack cannot do without.
func deliveryConfig(worker string) map[string]string {
	return map[string]string{
		"kind": "delivery", "allowedCidr": "203.0.113.0/24", "workerBinary": worker, "pulumiBinary": worker, "zoneNames": zoneNames,
		"backendUrl": "s3://state.example/slipway?region=us-east-1&awssdk=v2",
	}
}

// given brings up a second delivery that uses the network, the repository and the key of the first.
func given(ctx context.Context, folder, worker string, first *subject) error {
	known, err := first.stack.Outputs(ctx)
	if err != nil {
		return err
	}
	text := func(name string) string { return fmt.Sprint(known[name].Value) }
	values := deliveryConfig(worker)
	maps.Copy(values, map[string]string{
		"appName": "given", "environments": "dev", "deployInfrastructure": "true", "deleteJenkinsHome": "true",
		"existingRepository": text(outputs.SourceRepository), "kmsKeyArn": text(outputs.ArtifactKey),
		"jenkinsVpcId": text(outputs.VPC), "jenkinsSubnetId": text(outputs.PublicSubnet), "jenkinsZone": "us-east-1a",
	})
	second, err := open(ctx, folder, "given", values)
	if err != nil {
		return err
	}
	return second.steps(ctx, upEverything, noChange, destroy)
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
		if meta := event.ResOutputsEvent.Metadata; meta.Op != apitype.OpSame {
			found[meta.Type] = slices.Sorted(maps.Keys(meta.DetailedDiff))
		}
	}
	return found
}
