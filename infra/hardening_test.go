package infra

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
)

// hardened is a container definition, as far as its rights show in it.
type hardened struct {
	ReadonlyRootFilesystem bool
	DockerSecurityOptions  []string
	LinuxParameters        struct {
		InitProcessEnabled bool
		Capabilities       struct{ Add, Drop []string }
	}
}

func TestRightsOfTheApp(t *testing.T) {
	for name, c := range map[string]struct {
		config                 map[string]string
		readonly, init, sealed bool
		drop                   []string
	}{
		"default": {map[string]string{}, false, false, true, []string{"AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP", "SYS_CHROOT"}},
		"fargate": {map[string]string{"capacity": "fargate"}, false, false, false, []string{"AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP", "SYS_CHROOT"}},
		"least":   {map[string]string{"readonlyRootFilesystem": "true", "dropCapabilities": "ALL", "initProcess": "true"}, true, true, true, []string{"ALL"}},
		"most":    {map[string]string{"dropCapabilities": "none", "noNewPrivileges": "false"}, false, false, false, nil},
	} {
		text := environmentWith(t, c.config).only(t, taskDefinitionType).text("containerDefinitions")
		got := decode[[]hardened](t, text)[0]
		if got.ReadonlyRootFilesystem != c.readonly || got.LinuxParameters.InitProcessEnabled != c.init ||
			!slices.Equal(got.LinuxParameters.Capabilities.Drop, c.drop) || len(got.LinuxParameters.Capabilities.Add) != 0 ||
			slices.Equal(got.DockerSecurityOptions, []string{"no-new-privileges"}) != c.sealed {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// Hosts do not grow old, and remove the images that nothing uses any more.
func TestHostsAreKeptFresh(t *testing.T) {
	for name, days := range map[string]float64{"ec2": 21, "everything": 7} {
		r := environmentWith(t, variants[name])
		group := r.only(t, "aws:autoscaling/group:Group")
		if group.number("maxInstanceLifetime") != days*86400 || group.number("instanceMaintenancePolicy.minHealthyPercentage") != 100 {
			t.Errorf("%s: group is %v", name, group.inputs)
		}
		data, err := base64.StdEncoding.DecodeString(r.only(t, "aws:ec2/launchTemplate:LaunchTemplate").text("userData"))
		if err != nil || !strings.Contains(string(data), "ECS_IMAGE_PULL_BEHAVIOR=once\n") {
			t.Errorf("%s: user data is %q, %v", name, data, err)
		}
	}
}

func TestWhatIsOnlyDoneWhenAskedFor(t *testing.T) {
	plain, asked := environmentWith(t, variants["ec2"]), environmentWith(t, variants["everything"])
	if b := plain.only(t, balancerType); b.truth("enableDeletionProtection") || b.truth("accessLogs.enabled") || len(plain.of("aws:s3/bucketV2:BucketV2")) > 0 {
		t.Errorf("load balancer is %v", b.inputs)
	}
	balancer := asked.only(t, balancerType)
	if !balancer.truth("enableDeletionProtection") || !balancer.truth("accessLogs.enabled") || balancer.text("accessLogs.bucket") != "slipway-dev-access-bucket" {
		t.Errorf("load balancer is %v", balancer.inputs)
	}
	needs(t, balancer, "BucketPolicy::slipway-dev-access")
	for _, kind := range []string{"bucketV2:BucketV2", "bucketPolicy:BucketPolicy", "bucketPublicAccessBlock:BucketPublicAccessBlock"} {
		if !asked.only(t, "aws:s3/"+kind).options.GetRetainOnDelete() {
			t.Errorf("destroy takes %s", kind)
		}
	}
	policy := decode[document](t, asked.only(t, "aws:s3/bucketPolicy:BucketPolicy").text("policy")).Statement[0]
	if policy.Principal["Service"] != "logdelivery.elasticloadbalancing.amazonaws.com" ||
		!slices.Equal(policy.Resource, []string{"arn:aws:test:us-east-1:000000000000:slipway-dev-access/AWSLogs/000000000000/*"}) ||
		policy.Condition["StringEquals"]["aws:SourceAccount"] != "000000000000" {
		t.Errorf("policy is %+v", policy)
	}
}
