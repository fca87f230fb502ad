package jenkinshost

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Prefixes of the bucket's keys.
const (
	programPrefix = "slipway/"
	// ReadinessPrefix begins the keys of what a host reports about its boot.
	ReadinessPrefix = "readiness/"
	// OutputPrefix begins the keys of what the proof of readiness printed.
	OutputPrefix = ReadinessPrefix + "jenkins"
)

// metricNamespace is where the host counts that its worker is ready.
const metricNamespace = "Slipway"

// readinessTimeout is in seconds: a first boot installs Jenkins, its plugins and Docker.
const readinessTimeout = 1200

// readinessCommands run on the host, with sh, and end with the first that fails. The last one proves the whole way: the
// worker answers once it has polled CodePipeline with its role and called Jenkins with its password.
const readinessCommands = `set -eu
explain() {
  status=$?
  [ "$status" -eq 0 ] && return
  echo "not ready: $step (exit status $status)"
  cloud-init status --long || true
  systemctl --no-pager --lines=40 status jenkins slipway-worker || true
  tail -n 40 /var/log/cloud-init-output.log || true
}
trap explain EXIT
step='first boot'
cloud-init status --wait
step='services'
systemctl is-active jenkins slipway-worker
step='login page of Jenkins'
curl -fsS -o /dev/null --retry 30 --retry-delay 5 --retry-all-errors http://127.0.0.1:8080/login
step='worker'
curl -fsS -o /dev/null --retry 30 --retry-delay 5 --retry-all-errors http://127.0.0.1:8081/ready
`

// readiness fails the update when the host does not come up; what the commands printed is in the bucket. It acts when it
// is made only, so that it is made anew for each host, and after a failure: an update of it would wait for nothing.
func (h *Host) readiness(needs []pulumi.Resource) error {
	association, err := ssm.NewAssociation(h.in.Ctx, h.in.Name("jenkins-ready"), &ssm.AssociationArgs{
		AssociationName: pulumi.String(h.in.Name("jenkins-ready")),
		Name:            pulumi.String("AWS-RunShellScript"),
		Targets: ssm.AssociationTargetArray{&ssm.AssociationTargetArgs{
			Key: pulumi.String("InstanceIds"), Values: pulumi.StringArray{online(h.in.Ctx, h.args.Clock, h.Instance.ID())},
		}},
		Parameters: pulumi.StringMap{"commands": pulumi.String(readinessCommands)},
		OutputLocation: &ssm.AssociationOutputLocationArgs{
			S3BucketName: h.args.Bucket.Name, S3KeyPrefix: pulumi.String(OutputPrefix),
		},
		WaitForSuccessTimeoutSeconds: pulumi.Int(readinessTimeout),
		Tags:                         h.in.Tags("jenkins-ready"),
	}, h.in.Child, pulumi.DependsOn(needs), pulumi.ReplaceOnChanges([]string{"*"}), pulumi.DeleteBeforeReplace(true))
	h.Ready = []pulumi.Resource{association}
	return err
}
