package jenkinshost

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/scope"
)

// Program is the slipway that the Jenkins host runs as its worker and as the deployer of its builds.
type Program struct {
	// path is absolute, or relative to the current folder.
	path string
	// sha256 has 64 hexadecimal digits.
	sha256 string
}

// ReadProgram finds slipway:workerBinary, checks that the host can run it, and sums it up.
func ReadProgram(ctx *pulumi.Context, c *config.Config) (Program, error) {
	path := c.WorkerBinary
	if !filepath.IsAbs(path) {
		path = filepath.Join(ctx.RootDirectory(), path)
	}
	sum, err := checkedSum(path, config.ArchitectureOf(c.JenkinsInstanceType))
	if err != nil {
		return Program{}, &config.Error{Problems: []config.Problem{{Key: "workerBinary", Value: c.WorkerBinary, Allowed: err.Error()}}}
	}
	return Program{path: path, sha256: sum}, nil
}

// checkedSum refuses what would only show on the host, minutes later: another system's program, or another processor's.
func checkedSum(path, architecture string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("a slipway binary that can be read: %w", err)
	}
	defer file.Close()
	program, err := elf.NewFile(file)
	if err != nil {
		return "", fmt.Errorf("a program for Linux: %s is none: %w", path, err)
	}
	if want := machineOf(architecture); program.Machine != want {
		return "", fmt.Errorf("a program for %s, the architecture of slipway:jenkinsInstanceType: %s is for %s", want, path, program.Machine)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func machineOf(architecture string) elf.Machine {
	if architecture == config.ArchitectureARM {
		return elf.EM_AARCH64
	}
	return elf.EM_X86_64
}

func (p Program) key() string { return programPrefix + p.sha256 + "/slipway" }

// store puts the binary into the bucket. Another binary is another object, and so another host.
func (p Program) store(in scope.Scope, to Bucket) (*s3.BucketObjectv2, error) {
	return s3.NewBucketObjectv2(in.Ctx, in.Name("binary"), &s3.BucketObjectv2Args{
		Bucket:               to.Name,
		Key:                  pulumi.String(p.key()),
		Source:               pulumi.NewFileAsset(p.path),
		ContentType:          pulumi.String("application/octet-stream"),
		ServerSideEncryption: pulumi.String("aws:kms"),
		KmsKeyId:             to.Key,
		Tags:                 in.Tags("binary"),
	}, in.Child, pulumi.DependsOn(to.Ready))
}
