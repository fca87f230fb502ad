package infra

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"testing"
)

// told is the cloud-config that the Jenkins host gets.
func told(t *testing.T, r *recording) string {
	t.Helper()
	packed, err := base64.StdEncoding.DecodeString(r.only(t, instanceType).text("userDataBase64"))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestJenkinsHost(t *testing.T) {
	r := deliveryWith(t, map[string]string{"keyName": "me", "jenkinsVolumeSize": "80"})
	host := r.only(t, instanceType)
	if host.text("metadataOptions.httpTokens") != "required" || host.number("metadataOptions.httpPutResponseHopLimit") != 1 ||
		!host.truth("userDataReplaceOnChange") || !host.options.GetDeleteBeforeReplace() || !slices.Equal(host.ignored, []string{"ami"}) {
		t.Errorf("host is %v", host.inputs)
	}
	for path, want := range map[string]string{
		"ami": "ami of /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-" + nativeArchitecture(), "keyName": "me", "instanceType": nativeType(),
		"subnetId": "slipway-delivery-public-id", "vpcSecurityGroupIds[0]": "slipway-delivery-jenkins-id", "iamInstanceProfile": "slipway-delivery-jenkins",
	} {
		if got := host.text(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if _, given := host.get("associatePublicIpAddress"); given {
		t.Error("a second address would show a difference once the host has its own")
	}
	volume, attachment := r.only(t, "aws:ebs/volume:Volume"), r.only(t, "aws:ec2/volumeAttachment:VolumeAttachment")
	if volume.number("size") != 80 || volume.text("availabilityZone") != "us-east-1a" || !volume.options.GetRetainOnDelete() {
		t.Errorf("volume is %v", volume.inputs)
	}
	if !attachment.truth("stopInstanceBeforeDetaching") || !attachment.options.GetDeleteBeforeReplace() {
		t.Errorf("attachment is %v", attachment.inputs)
	}
	if deliveryWith(t, map[string]string{"deleteJenkinsHome": "true"}).only(t, "aws:ebs/volume:Volume").options.GetRetainOnDelete() {
		t.Error("the volume is kept although it may go")
	}
}

func TestHostIsToldNoSecretAndEverythingElse(t *testing.T) {
	text := told(t, deliveryWith(t, map[string]string{"deployInfrastructure": "true"}))
	sum, err := testSum()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"AWS_REGION=us-east-1", "SLIPWAY_ACTION_PROVIDER=slipway-delivery", "SLIPWAY_ACTION_VERSION=8180345", "SLIPWAY_JOB=slipway",
		"SLIPWAY_BINARY=s3://slipway-delivery-artifacts-bucket/slipway/" + sum + "/slipway", "SLIPWAY_BINARY_SHA256=" + sum,
		"SLIPWAY_ADMIN_PARAMETER=/slipway/delivery/jenkins-admin", "SLIPWAY_DATA_VOLUME=vol-0123456789abcdef0", "JENKINS_PUBLIC_ADDRESS=192.0.2.1",
		"s3://state.example/team/a?region=us-east-1&awssdk=v2", "SLIPWAY_DEPLOY_INFRASTRUCTURE=true", "/slipway/slipway/delivery",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the host is not told %s", want)
		}
	}
}

func TestReadinessIsProvedAnewForEachHost(t *testing.T) {
	ready := deliveryWith(t, nil).only(t, "aws:ssm/association:Association")
	if ready.text("name") != "AWS-RunShellScript" || ready.text("targets[0].values[0]") != "slipway-delivery-jenkins-id" || ready.number("waitForSuccessTimeoutSeconds") < 600 {
		t.Errorf("association is %v", ready.inputs)
	}
	if !slices.Equal(ready.options.GetReplaceOnChanges(), []string{"targets", "parameters"}) {
		t.Errorf("it is replaced on %q", ready.options.GetReplaceOnChanges())
	}
	commands := ready.text("parameters.commands")
	for _, want := range []string{"cloud-init status --wait", "systemctl is-active jenkins slipway-worker", "http://127.0.0.1:8080/login", "http://127.0.0.1:8081/ready"} {
		if !strings.Contains(commands, want) {
			t.Errorf("nothing asks for %s", want)
		}
	}
}

func TestGivenNetwork(t *testing.T) {
	r := deliveryWith(t, deliveryVariants["given"])
	for _, kind := range []string{"Vpc", "Subnet", "InternetGateway", "Route", "RouteTable", "VpcEndpoint", "DefaultSecurityGroup"} {
		if found := r.of("aws:ec2/" + strings.ToLower(kind[:1]) + kind[1:] + ":" + kind); len(found) != 0 {
			t.Errorf("%v stands in a network that was given", found)
		}
	}
	if got := r.only(t, "aws:ec2/securityGroup:SecurityGroup").text("vpcId"); got != "vpc-0123456789abcdef0" {
		t.Errorf("the group stands in %s", got)
	}
	if got := r.only(t, instanceType).text("subnetId"); got != "subnet-0123456789abcdef0" {
		t.Errorf("the host stands in %s", got)
	}
	if got := r.only(t, "aws:ebs/volume:Volume").text("availabilityZone"); got != "us-east-1b" {
		t.Errorf("the volume stands in %s", got)
	}
}

func TestBinaryIsStoredUnderItsSum(t *testing.T) {
	r := deliveryWith(t, nil)
	object := r.only(t, "aws:s3/bucketObjectv2:BucketObjectv2")
	sum, err := testSum()
	if err != nil || object.text("key") != "slipway/"+sum+"/slipway" {
		t.Errorf("key is %s, %v", object.text("key"), err)
	}
	if source := object.inputs["source"]; !source.IsAsset() || source.AssetValue().Path != testBinary() {
		t.Errorf("source is %v", source)
	}
}
