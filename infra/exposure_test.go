package infra

import (
	"strings"
	"testing"
)

// everyGraph calls check with every graph that the variants of both kinds of stack declare.
func everyGraph(t *testing.T, check func(name string, r *recording)) {
	t.Helper()
	for name, config := range variants {
		check("environment "+name, environmentWith(t, config))
	}
	nat := map[string]string{"nat": "single"}
	check("environment with nat", environmentWith(t, nat))
	for name, config := range deliveryVariants {
		check("delivery "+name, deliveryWith(t, config))
	}
}

// encrypted says where a type of resource says that it is encrypted at rest, and with which words; "" is any.
var encrypted = map[string]map[string]string{
	"aws:ec2/launchTemplate:LaunchTemplate": {"blockDeviceMappings[0].ebs.encrypted": "true"},
	"aws:ecr/repository:Repository":         {"encryptionConfigurations[0].encryptionType": ""},
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {
		"rules[0].applyServerSideEncryptionByDefault.sseAlgorithm": "",
	},
	"aws:s3/bucketObjectv2:BucketObjectv2": {"serverSideEncryption": "aws:kms", "kmsKeyId": ""},
	pipelineType:                           {"artifactStores[0].encryptionKey.type": "KMS"},
}

func TestEverythingIsEncryptedAtRest(t *testing.T) {
	everyGraph(t, func(name string, r *recording) {
		for kind, paths := range encrypted {
			for _, d := range r.of(kind) {
				for path, want := range paths {
					if got := d.text(path); got == "" || want != "" && got != want {
						t.Errorf("%s: %s has %s %q", name, d.name, path, got)
					}
				}
			}
		}
		for _, volume := range r.of("aws:ebs/volume:Volume") {
			if !volume.truth("encrypted") {
				t.Errorf("%s: %s is not encrypted", name, volume.name)
			}
		}
		for _, host := range r.of(instanceType) {
			if !host.truth("rootBlockDevice.encrypted") {
				t.Errorf("%s: the disk of %s is not encrypted", name, host.name)
			}
		}
		if buckets, settings := r.of("aws:s3/bucketV2:BucketV2"), r.of("aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"); len(buckets) != len(settings) {
			t.Errorf("%s: %d buckets, of which %d say how they are encrypted", name, len(buckets), len(settings))
		}
	})
}

// Buckets are closed to the public and to plain HTTP, whatever policy somebody adds.
func TestBucketsAreClosed(t *testing.T) {
	everyGraph(t, func(name string, r *recording) {
		closed := map[string]bool{}
		for _, block := range r.of("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock") {
			closed[block.text("bucket")] = block.truth("blockPublicAcls") && block.truth("blockPublicPolicy") && block.truth("ignorePublicAcls") && block.truth("restrictPublicBuckets")
		}
		plain := map[string]bool{}
		for _, policy := range r.of("aws:s3/bucketPolicy:BucketPolicy") {
			plain[policy.text("bucket")] = !strings.Contains(policy.text("policy"), `{"Bool":{"aws:SecureTransport":"false"}}`)
		}
		for _, bucket := range r.of("aws:s3/bucketV2:BucketV2") {
			id := bucket.name + "-bucket"
			if http, known := plain[id]; !closed[id] || !known || http {
				t.Errorf("%s: %s is open", name, id)
			}
		}
	})
}

// The load balancer is public. So are hosts and tasks without NAT, and the Jenkins host, because they have to reach the
// internet; nothing else is, and a subnet gives no address away by itself.
func TestOnlyWhatHasToBeIsPublic(t *testing.T) {
	everyGraph(t, func(name string, r *recording) {
		private := strings.Contains(name, "nat") || strings.Contains(name, "everything")
		for _, subnet := range r.of("aws:ec2/subnet:Subnet") {
			if subnet.truth("mapPublicIpOnLaunch") {
				t.Errorf("%s: %s gives every host a public address", name, subnet.name)
			}
		}
		for _, template := range r.of("aws:ec2/launchTemplate:LaunchTemplate") {
			if public := template.text("networkInterfaces[0].associatePublicIpAddress") == "true"; public == private {
				t.Errorf("%s: hosts are public: %v", name, public)
			}
		}
		for _, balancer := range r.of("aws:lb/loadBalancer:LoadBalancer") {
			if balancer.truth("internal") || !balancer.truth("dropInvalidHeaderFields") {
				t.Errorf("%s: the load balancer is %v", name, balancer.inputs)
			}
		}
	})
}

// The whole internet may enter by ports 80 and 443 of the load balancer, and by nothing else.
func TestTheInternetEntersByTheLoadBalancer(t *testing.T) {
	everyGraph(t, func(name string, r *recording) {
		for _, rule := range r.of(ingressType) {
			cidr, from, to := rule.text("cidrIpv4")+rule.text("cidrIpv6"), rule.number("fromPort"), rule.number("toPort")
			if !strings.HasSuffix(cidr, "/0") {
				continue
			}
			if !strings.HasSuffix(rule.text("securityGroupId"), "-lb-id") || from != to || from != 80 && from != 443 {
				t.Errorf("%s: %s opens %v to %v to %s", name, rule.name, from, to, cidr)
			}
		}
		for _, rule := range append(r.of(ingressType), r.of(egressType)...) {
			if rule.text("ipProtocol") != "tcp" {
				t.Errorf("%s: %s opens the protocol %q", name, rule.name, rule.text("ipProtocol"))
			}
		}
	})
}

func TestMetadataNeedsAToken(t *testing.T) {
	everyGraph(t, func(name string, r *recording) {
		for _, host := range append(r.of(instanceType), r.of("aws:ec2/launchTemplate:LaunchTemplate")...) {
			if host.text("metadataOptions.httpTokens") != "required" || host.number("metadataOptions.httpPutResponseHopLimit") != 1 {
				t.Errorf("%s: %s answers without a token, or to containers", name, host.name)
			}
		}
	})
}

func TestLogsAreKeptForATime(t *testing.T) {
	everyGraph(t, func(name string, r *recording) {
		groups := r.of("aws:cloudwatch/logGroup:LogGroup")
		if len(groups) == 0 {
			t.Errorf("%s: nothing logs", name)
		}
		for _, group := range groups {
			if group.number("retentionInDays") < 1 {
				t.Errorf("%s: %s is kept for ever", name, group.name)
			}
		}
	})
}
