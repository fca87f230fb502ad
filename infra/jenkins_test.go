package infra

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"maps"
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
		!host.truth("userDataReplaceOnChange") || !host.options.GetDeleteBeforeReplace() || !slices.Equal(host.ignored, []string{"ami", "associatePublicIpAddress"}) {
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
	if !host.truth("associatePublicIpAddress") {
		t.Error("the host boots without a network until it has its own address")
	}
	if given := deliveryWith(t, map[string]string{"jenkinsImage": "ami-0123456789abcdef0"}).only(t, instanceType); given.text("ami") != "ami-0123456789abcdef0" || slices.Contains(given.ignored, "ami") {
		t.Errorf("another image does not replace the host: %v, ignored is %q", given.inputs["ami"], given.ignored)
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
		"SLIPWAY_BINARY=s3://slipway-delivery-artifacts-bucket/slipway/slipway-" + sum + "-" + nativeArchitecture() + "/slipway",
		"SLIPWAY_PULUMI=s3://slipway-delivery-artifacts-bucket/slipway/pulumi-" + sum + "-" + nativeArchitecture() + "/pulumi",
		"SLIPWAY_READINESS=s3://slipway-delivery-artifacts-bucket/readiness\n", "SLIPWAY_KEY=arn:aws:kms:us-east-1:000000000000:key/",
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
	if !slices.Equal(ready.options.GetReplaceOnChanges(), []string{"*"}) {
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

func TestProgramsAreStoredWithTheirSums(t *testing.T) {
	r := deliveryWith(t, nil)
	sum, err := testSum()
	if err != nil {
		t.Fatal(err)
	}
	objects := r.of("aws:s3/bucketObjectv2:BucketObjectv2")
	if len(objects) != 4 {
		t.Fatalf("there are %d objects", len(objects))
	}
	for i, name := range []string{"pulumi", "slipway"} { // a program that does not say what it was built from is told by its sum
		program, beside := objects[2*i], objects[2*i+1]
		key := "slipway/" + name + "-" + sum + "-" + nativeArchitecture() + "/" + name
		if program.text("key") != key || beside.text("key") != key+".sha256" || beside.text("content") != sum+"\n" {
			t.Errorf("keys are %s and %s", program.text("key"), beside.text("key"))
		}
		if source := program.inputs["source"]; !source.IsAsset() || source.AssetValue().Path != testBinary() {
			t.Errorf("source is %v", source)
		}
	}
}

// The host may open whatever address an environment's app can have, besides what the configuration adds.
func TestHostMayOpenTheApps(t *testing.T) {
	for egress, want := range map[string][]float64{"": {80, 443}, "443,5432": {80, 443, 5432}, "22,80": {22, 80, 443}} {
		var ports []float64
		for _, rule := range deliveryWith(t, map[string]string{"egressPorts": egress}).of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule") {
			ports = append(ports, rule.number("toPort"))
		}
		slices.Sort(ports)
		if !slices.Equal(ports, want) {
			t.Errorf("egressPorts %q: the host may open %v", egress, ports)
		}
	}
	for name, values := range variants {
		for _, listener := range environmentWith(t, values).of("aws:lb/listener:Listener") {
			if !slices.Contains([]float64{80, 443}, listener.number("port")) {
				t.Errorf("%s: the app answers on port %v, which the host may not open", name, listener.number("port"))
			}
		}
	}
}

func TestWhoIsTold(t *testing.T) {
	const topic = "arn:aws:sns:us-east-1:000000000000:ops"
	silent := deliveryWith(t, nil)
	if found := silent.of("aws:cloudwatch/metricAlarm:MetricAlarm"); len(found) > 0 || strings.Contains(told(t, silent), "SLIPWAY_HEARTBEAT=") {
		t.Errorf("without a topic there are %v", found)
	}
	r := deliveryWith(t, map[string]string{"notifyArn": topic})
	actions := map[string]string{}
	for _, alarm := range r.of("aws:cloudwatch/metricAlarm:MetricAlarm") {
		needs(t, alarm, "Association::slipway-delivery-jenkins-ready")
		actions[alarm.text("metricName")] = alarm.text("alarmActions[0]") + " " + alarm.text("alarmActions[1]") + " " + alarm.text("treatMissingData")
	}
	if want := map[string]string{
		"StatusCheckFailed_System": "arn:aws:automate:us-east-1:ec2:recover " + topic + " missing", "StatusCheckFailed_Instance": topic + "  missing", "WorkerReady": topic + "  breaching",
	}; !maps.Equal(actions, want) {
		t.Errorf("alarms are %q", actions)
	}
	if !strings.Contains(told(t, r), "SLIPWAY_HEARTBEAT=slipway-delivery") {
		t.Error("the host counts nothing")
	}
	if got := r.only(t, pipelineType).text("stages[2].actions[0].configuration.NotificationArn"); got != topic {
		t.Errorf("an approval tells %q", got)
	}
	var targets []string
	for _, target := range r.of("aws:cloudwatch/eventTarget:EventTarget") {
		targets = append(targets, target.text("arn"))
	}
	if !slices.Contains(targets, topic) {
		t.Errorf("events go to %q", targets)
	}
}

func TestRepositoryIsKept(t *testing.T) {
	const repository = "aws:codecommit/repository:Repository"
	if !deliveryWith(t, nil).only(t, repository).options.GetRetainOnDelete() {
		t.Error("destroy deletes what cannot be made again")
	}
	if deliveryWith(t, map[string]string{"deleteRepository": "true"}).only(t, repository).options.GetRetainOnDelete() {
		t.Error("the repository is kept although it may go")
	}
}
