package jenkinshost

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// alarms tell slipway:notifyArn when the host is gone or its worker takes no jobs: an action that nobody takes waits for
// hours, and with it whatever is queued behind. A host whose hardware fails is started again on other hardware (EC2 user
// guide, "Amazon CloudWatch action based recovery"). They begin when the host is ready: a boot takes minutes.
func (h *Host) alarms() error {
	if h.in.Config.NotifyArn == "" {
		return nil
	}
	topic, recovery := pulumi.String(h.in.Config.NotifyArn), pulumi.String("arn:"+h.in.Where.Partition+":automate:"+h.in.Where.Region+":ec2:recover")
	instance := pulumi.StringMap{"InstanceId": h.Instance.ID()}
	for _, a := range []struct {
		suffix, says, namespace, metric string
		dimensions                      pulumi.StringMap
		minutes                         int
		actions                         pulumi.Array
		// silence makes the absence of the metric an alarm: it is counted by the host itself.
		silence bool
	}{
		{"hardware", "The hardware of the Jenkins host fails", "AWS/EC2", "StatusCheckFailed_System", instance, 2, pulumi.Array{recovery, topic}, false},
		{"unreachable", "The Jenkins host does not answer", "AWS/EC2", "StatusCheckFailed_Instance", instance, 5, pulumi.Array{topic}, false},
		{"silent", "The worker takes no jobs", metricNamespace, "WorkerReady", pulumi.StringMap{"Stack": pulumi.String(h.in.Base)}, 15, pulumi.Array{topic}, true},
	} {
		args := &cloudwatch.MetricAlarmArgs{
			AlarmDescription: pulumi.String(a.says), Namespace: pulumi.String(a.namespace), MetricName: pulumi.String(a.metric),
			Dimensions: a.dimensions, Statistic: pulumi.String("Maximum"), Period: pulumi.Int(60), EvaluationPeriods: pulumi.Int(a.minutes),
			ComparisonOperator: pulumi.String("GreaterThanThreshold"), Threshold: pulumi.Float64(0), TreatMissingData: pulumi.String("missing"),
			AlarmActions: a.actions, OkActions: pulumi.Array{topic}, Tags: h.in.Tags(a.suffix),
		}
		if a.silence {
			args.ComparisonOperator, args.Threshold, args.TreatMissingData = pulumi.String("LessThanThreshold"), pulumi.Float64(1), pulumi.String("breaching")
		}
		if _, err := cloudwatch.NewMetricAlarm(h.in.Ctx, h.in.Name(a.suffix), args, h.in.Child, pulumi.DependsOn(h.Ready)); err != nil {
			return err
		}
	}
	return nil
}
