package infra

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/infra/config"
	"slipway/infra/outputs"
)

// declared is one resource as the program handed it to the engine.
type declared struct {
	kind, name   string
	inputs       resource.PropertyMap
	dependencies []string
	ignored      []string
	// options of the resource, nil for one that is only read.
	options *pulumirpc.RegisterResourceRequest
	read    bool
}

// text is an input, "" when it is not there.
func (d declared) text(path string) string {
	if v, ok := d.get(path); ok && v.IsString() {
		return v.StringValue()
	}
	return ""
}

func (d declared) number(path string) float64 {
	if v, ok := d.get(path); ok && v.IsNumber() {
		return v.NumberValue()
	}
	return -1
}

func (d declared) truth(path string) bool {
	v, ok := d.get(path)
	return ok && v.IsBool() && v.BoolValue()
}

func (d declared) get(path string) (resource.PropertyValue, bool) {
	parsed, err := resource.ParsePropertyPath(path)
	if err != nil {
		panic(err)
	}
	return parsed.Get(resource.NewProperty(d.inputs))
}

// recording stands in for the engine: it notes what is declared and answers for AWS.
type recording struct {
	mu     sync.Mutex
	all    []declared
	stacks map[string]resource.PropertyMap
	folder string // of Pulumi.yaml
	// exported are the outputs of the stack.
	exported map[string]any
}

func (r *recording) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, declared{
		kind: args.TypeToken, name: args.Name, inputs: args.Inputs,
		dependencies: args.RegisterRPC.GetDependencies(), ignored: args.RegisterRPC.GetIgnoreChanges(),
		options: args.RegisterRPC, read: args.RegisterRPC == nil,
	})
	out := args.Inputs.Copy()
	out["arn"] = resource.NewProperty("arn:aws:test:us-east-1:000000000000:" + args.Name)
	if _, given := out["name"]; !given {
		out["name"] = resource.NewProperty(args.Name)
	}
	out["zoneId"] = resource.NewProperty("ZBALANCER")
	out["dnsName"], out["latestVersion"] = resource.NewProperty("lb.example.com"), resource.NewProperty(1.0)
	answerDelivery(args, out)
	out["repositoryUrl"] = resource.NewProperty("registry.example.com/slipway")
	return idOf(args), out, nil
}

func idOf(args pulumi.MockResourceArgs) string {
	if args.TypeToken == "aws:ebs/volume:Volume" {
		return "vol-0123456789abcdef0"
	}
	return args.Name + "-id"
}

// answerDelivery has what AWS chooses about the resources of a delivery stack.
func answerDelivery(args pulumi.MockResourceArgs, out resource.PropertyMap) {
	switch args.TypeToken {
	case "aws:s3/bucketV2:BucketV2":
		out["bucket"] = resource.NewProperty(args.Name + "-bucket")
	case "aws:kms/key:Key":
		out["arn"] = resource.NewProperty("arn:aws:kms:us-east-1:000000000000:key/" + args.Name)
	case "aws:ec2/eip:Eip":
		out["publicIp"] = resource.NewProperty("192.0.2.1")
	case "aws:codecommit/repository:Repository":
		if args.ID != "" {
			out["repositoryName"] = resource.NewProperty(args.ID)
		}
		out["cloneUrlHttp"] = resource.NewProperty("https://git.example.com/" + out["repositoryName"].StringValue())
	}
}

func (r *recording) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	switch args.Token {
	case "aws:index/getRegion:getRegion":
		return resource.PropertyMap{"name": resource.NewProperty("us-east-1")}, nil
	case "aws:index/getCallerIdentity:getCallerIdentity":
		return resource.PropertyMap{"accountId": resource.NewProperty("000000000000")}, nil
	case "aws:index/getAvailabilityZones:getAvailabilityZones":
		return resource.NewPropertyMapFromMap(map[string]any{"names": []any{"us-east-1c", "us-east-1a", "us-east-1b"}}), nil
	case "aws:ssm/getInstances:getInstances":
		return resource.PropertyMap{"ids": args.Args["filters"].ArrayValue()[0].ObjectValue()["values"]}, nil
	case "aws:index/getPartition:getPartition":
		return resource.NewPropertyMapFromMap(map[string]any{"partition": "aws", "dnsSuffix": "amazonaws.com"}), nil
	case "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings":
		return resource.NewPropertyMapFromMap(map[string]any{"locations": r.offered(args)}), nil
	case "aws:ssm/getParameter:getParameter":
		return resource.PropertyMap{"insecureValue": resource.NewProperty("ami of " + args.Args["name"].StringValue())}, nil
	case "pulumi:pulumi:readStackOutputs":
		name := args.Args["name"].StringValue()
		outputs, known := r.stacks[name]
		if !known {
			return nil, errors.New(`unknown stack "` + name + `"`)
		}
		return resource.PropertyMap{"outputs": resource.NewProperty(outputs)}, nil
	}
	return nil, errors.New("nothing answers " + args.Token)
}

// offered are the zones that offer an instance type; those of the family p5 are in one zone only, and t1 in none.
func (r *recording) offered(args pulumi.MockCallArgs) []any {
	kind := args.Args["filters"].ArrayValue()[0].ObjectValue()["values"].ArrayValue()[0].StringValue()
	switch {
	case strings.HasPrefix(kind, "p5."):
		return []any{"us-east-1b"}
	case strings.HasPrefix(kind, "c7i."):
		return []any{"us-east-1c", "us-east-1b"}
	case strings.HasPrefix(kind, "t1."):
		return []any{}
	}
	return []any{"us-east-1b", "us-east-1a", "us-east-1c"}
}

// only is the one resource of a type.
func (r *recording) only(t *testing.T, kind string) declared {
	t.Helper()
	found := r.of(kind)
	if len(found) != 1 {
		t.Fatalf("there are %d of %s", len(found), kind)
	}
	return found[0]
}

func (r *recording) of(kind string) []declared {
	var found []declared
	for _, d := range r.all {
		if d.kind == kind {
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b declared) int { return strings.Compare(a.name, b.name) })
	return found
}

const (
	devStack      = "organization/slipway/dev"
	deliveryStack = "organization/slipway/delivery"
)

// deliveryOutputs are what an environment finds when delivery is up.
var deliveryOutputs = resource.PropertyMap{
	outputs.RepositoryURL: resource.NewProperty("000000000000.dkr.ecr.us-east-1.amazonaws.com/slipway"),
	outputs.RepositoryArn: resource.NewProperty("arn:aws:ecr:us-east-1:000000000000:repository/slipway"),
}

// program runs the program for stack dev, beside the stacks whose last outputs are given.
func program(values map[string]string, stacks map[string]resource.PropertyMap) (*recording, error) {
	r := &recording{stacks: stacks, folder: "testdata/project"}
	full := map[string]string{}
	for key, value := range values {
		full[config.Namespace+":"+key] = value
	}
	return r, r.run("dev", full)
}

// run runs the program for one stack and notes what that exports.
func (r *recording) run(stack string, full map[string]string) error {
	configure := func(info *pulumi.RunInfo) { info.Config = full }
	return pulumi.RunErr(func(ctx *pulumi.Context) error {
		known, err := declare(ctx, r.folder)
		known.ToMapOutput().ApplyT(func(known map[string]any) error { r.exported = known; return nil })
		return err
	}, pulumi.WithMocks("slipway", stack, r), configure)
}

// environmentWith is program for an environment beside a delivery stack that is up.
func environmentWith(t *testing.T, values map[string]string) *recording {
	t.Helper()
	full := map[string]string{"kind": config.KindEnvironment}
	for key, value := range values {
		full[key] = value
	}
	r, err := program(full, map[string]resource.PropertyMap{devStack: {}, deliveryStack: deliveryOutputs})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const databaseSecret = "arn:aws:secretsmanager:us-east-1:000000000000:secret:app/db-AbCdEf"

// variants are configurations that between them declare everything an environment can have.
var variants = map[string]map[string]string{
	"ec2":     {"capacity": "ec2"},
	"fargate": {"capacity": "fargate"},
	"everything": {
		"image": testImage, "commit": "abc", "nat": "perZone", "zones": "3", "maxCount": "9", "keyName": "me", "architecture": "arm64",
		"certificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/abc", "domainName": "app.example.com", "hostedZoneId": "Z0123456789ABC",
		"accessLogs": "true", "deletionProtection": "true", "readonlyRootFilesystem": "true", "dropCapabilities": "ALL", "initProcess": "true",
		"maxInstances": "2", "maxInstanceDays": "7", "kmsKeyArn": "arn:aws:kms:us-east-1:000000000000:key/abc",
		"variables": `{"LOG_LEVEL":"info"}`, "secrets": `{"TOKEN":"/app/token","DATABASE":"` + databaseSecret + `:password::"}`,
		"command": `["serve","--now"]`, "entryPoint": `["/entry"]`, "user": "1000:1000", "stopTimeout": "60", "containers": "containers.json",
		"taskPolicies": `["arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess","policies/uploads.json"]`,
		"healthCheck":  `{"path":"/up","matcher":"200-299","interval":10,"timeout":9,"healthyThreshold":3,"unhealthyThreshold":4}`, "versionPath": "/version",
	},
}

func sprint(v any) string { return fmt.Sprintf("%+v", v) }

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}
