package jenkinshost

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
)

// nothing answers for a program that declares nothing.
type nothing struct{}

func (nothing) NewResource(pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return "", nil, nil
}

func (nothing) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

// ownType is an instance type for programs of the machine that runs the test.
func ownType() string {
	if runtime.GOARCH == "arm64" {
		return "t4g.medium"
	}
	return "t3.medium"
}

func TestBinaryIsFoundFromTheProject(t *testing.T) {
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	copyOf := filepath.Join(root, "bin", "slipway")
	content, err := os.ReadFile(own)
	if err == nil {
		err = os.Mkdir(filepath.Dir(copyOf), 0o700)
	}
	if err == nil {
		err = os.WriteFile(copyOf, content, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	var found Program
	run := func(ctx *pulumi.Context) (err error) {
		found, err = ReadProgram(ctx, &config.Config{WorkerBinary: "bin/slipway", JenkinsInstanceType: ownType()})
		return err
	}
	err = pulumi.RunErr(run, pulumi.WithMocks("slipway", "delivery", nothing{}), func(info *pulumi.RunInfo) { info.RootDirectory = root })
	if err != nil || found.path != copyOf || found.sha256 != hex.EncodeToString(sum[:]) {
		t.Errorf("found %v, %v", found, err)
	}
}
