package images

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	repository = "000000000000.dkr.ecr.us-east-1.amazonaws.com/slipway-app"
	someDigest = "sha256:4c1d93f2b7ae08655d0e7a9fb1c36e2487d5af903b6c1e2f7a84d09be5531c7f"
)

// engine answers in the place of the Pulumi engine, and keeps what it was asked for.
type engine struct {
	mu         sync.Mutex
	repoDigest string
	declared   []pulumi.MockResourceArgs
	asked      []string
}

func (e *engine) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if args.TypeToken == "pulumi:pulumi:Stack" {
		return "", args.Inputs, nil
	}
	e.declared = append(e.declared, args)
	outputs := args.Inputs.Copy()
	outputs["repoDigest"] = resource.NewProperty(e.repoDigest)
	return args.Name, outputs, nil
}

func (e *engine) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, args.Token)
	return resource.PropertyMap{
		"userName": resource.NewProperty("AWS"),
		"password": resource.NewProperty("the registry's password"),
	}, nil
}

func run(e *engine, program pulumi.RunFunc) error {
	return pulumi.RunErr(program, pulumi.WithMocks("slipway", "images", e))
}

func buildContext(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte("FROM scratch\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestProgramDeclaresOneImage(t *testing.T) {
	dir := buildContext(t)
	e := &engine{repoDigest: repository + "@" + someDigest}
	if err := run(e, Program(Args{Repository: repository, Context: dir, Tag: "9f2c4e7",
		Settings: Settings{Target: "run", Arguments: map[string]string{"STAGE": "prod"}},
	})); err != nil {
		t.Fatal(err)
	}
	if len(e.declared) != 1 || e.declared[0].TypeToken != "docker:index/image:Image" {
		t.Fatalf("declared %v", e.declared)
	}
	if len(e.asked) != 1 || e.asked[0] != "aws:ecr/getAuthorizationToken:getAuthorizationToken" {
		t.Errorf("asked for %v", e.asked)
	}
	inputs := e.declared[0].Inputs
	build := inputs["build"].ObjectValue()
	registry := inputs["registry"].ObjectValue()
	for _, c := range []struct {
		name string
		got  resource.PropertyValue
		want string
	}{
		{"imageName", inputs["imageName"], repository + ":9f2c4e7"},
		{"context", build["context"], dir},
		{"dockerfile", build["dockerfile"], filepath.Join(dir, "Dockerfile")},
		{"platform", build["platform"], "linux/amd64"},
		{"builderVersion", build["builderVersion"], "BuilderBuildKit"},
		{"STAGE", build["args"].ObjectValue()["STAGE"], "prod"},
		{"target", build["target"], "run"},
		{"server", registry["server"], "000000000000.dkr.ecr.us-east-1.amazonaws.com"},
		{"username", registry["username"], "AWS"},
	} {
		if !c.got.IsString() || c.got.StringValue() != c.want {
			t.Errorf("%s is %v, want %q", c.name, c.got, c.want)
		}
	}
}

func TestPasswordIsSecret(t *testing.T) {
	e := &engine{repoDigest: repository + "@" + someDigest}
	if err := run(e, Program(Args{Repository: repository, Context: buildContext(t), Tag: "c"})); err != nil {
		t.Fatal(err)
	}
	sent := e.declared[0].RegisterRPC.GetObject().Fields["registry"].GetStructValue().Fields["password"]
	const secret = "1b47061264138c4ac30d75fd1eb44270" // the signature of a secret on Pulumi's wire
	if got := sent.GetStructValue().GetFields()["4dabf18193072939515e22adb298388d"].GetStringValue(); got != secret {
		t.Errorf("the password is not sent as a secret: %v", sent)
	}
}

func TestOutputs(t *testing.T) {
	reference, err := checkReference(repository + "@" + someDigest)
	if err != nil || reference != repository+"@"+someDigest {
		t.Errorf("got %q, %v", reference, err)
	}
	if got := digest(reference); got != someDigest {
		t.Errorf("digest is %q", got)
	}
}

func TestImageWithoutDigestIsAnError(t *testing.T) {
	for _, repoDigest := range []string{"", someDigest, repository + ":tag", repository + "@sha256:abc"} {
		e := &engine{repoDigest: repoDigest}
		err := run(e, Program(Args{Repository: repository, Context: buildContext(t), Tag: "c"}))
		if err == nil || !strings.Contains(err.Error(), "no digest") {
			t.Errorf("%q: got %v", repoDigest, err)
		}
	}
}

func TestInvalidArgsDeclareNothing(t *testing.T) {
	e := &engine{}
	err := run(e, Program(Args{Repository: "https://x/y", Context: "images/app", Settings: Settings{Platform: "windows/amd64"}, Tag: "a b"}))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"repository", "context", "dockerfile", "platform", "tag"} {
		if !strings.Contains(err.Error(), want+" \"") {
			t.Errorf("%q is not named in: %v", want, err)
		}
	}
	if len(e.declared)+len(e.asked) != 0 {
		t.Errorf("declared %v, asked %v", e.declared, e.asked)
	}
}
