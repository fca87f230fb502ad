package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"slipway/automation/fault"
)

// oddities puts files into the app that have been built otherwise than they were committed, and a Dockerfile that takes
// all of them.
func (a *author) oddities() {
	a.t.Helper()
	for name, text := range map[string]string{
		"Dockerfile":     "FROM scratch\nARG STAGE=none\nCOPY app behaviour.json /\nCOPY . /files/\nUSER 65532:65532\nEXPOSE 8080\nENTRYPOINT [\"/app\"]\n",
		".gitattributes": "Dockerfile export-ignore\n.dockerignore export-ignore\nversion.txt export-subst\n*.sh text eol=crlf\n",
		".dockerignore":  ".env\n",
		".env":           "SECRET=1\n",
		"start.sh":       "#!/bin/sh\necho up\n",
		"dos.txt":        "a\r\nb\r\n",
		"version.txt":    "$Format:%H$\n",
		"café.txt":       "x",
		"two\nlines":     "x",
		`a\x2db.txt`:     "x",
	} {
		a.write(name, text)
	}
	if err := os.Chmod(filepath.Join(a.app, "start.sh"), 0o755); err != nil {
		a.t.Fatal(err)
	}
	for name, target := range map[string]string{"storage": "/var/www/storage", "up": "../../../up", "link": "start.sh"} {
		if err := os.Symlink(target, filepath.Join(a.app, name)); err != nil {
			a.t.Fatal(err)
		}
	}
	a.git("config", "core.autocrlf", "false")
	attributes := filepath.Join(strings.TrimSpace(a.git("rev-parse", "--absolute-git-dir")), "info", "attributes")
	if err := os.WriteFile(attributes, []byte("* -text\n"), 0o644); err != nil { // commit the bytes as they are
		a.t.Fatal(err)
	}
	defer func() { _ = os.Remove(attributes) }()
	a.git("add", "--all")
}

// ecr is the sandbox's ECR.
func (w *world) ecr() *ecr.Client {
	return ecr.New(ecr.Options{
		Region: w.get("AWS_REGION"), BaseEndpoint: aws.String(w.get("AWS_ENDPOINT_URL")),
		Credentials: credentials.NewStaticCredentialsProvider(w.get("AWS_ACCESS_KEY_ID"), w.get("AWS_SECRET_ACCESS_KEY"), ""),
	})
}

// forget deletes an image from the registry, so that whoever wants it has to build it.
func (w *world) forget(digest string) {
	w.t.Helper()
	out, err := w.ecr().BatchDeleteImage(w.t.Context(), &ecr.BatchDeleteImageInput{
		RepositoryName: aws.String(w.output("delivery", "RepositoryName")), ImageIds: []types.ImageIdentifier{{ImageDigest: aws.String(digest)}},
	})
	if err != nil || len(out.Failures) > 0 {
		w.t.Fatalf("deleting %s: %+v, %v", digest, out, err)
	}
}

// The image of a commit is the same one whether it is deployed from a checkout, with whatever settings that has, or
// pushed through the pipeline.
func TestADirectDeployAndAPushBuildTheSameImage(t *testing.T) {
	t.Parallel()
	a := newAuthor(t, onlyDev, "dev")
	a.oddities()
	commit := a.commit("all of it", behaviour{Colour: "teal"})
	a.git("config", "core.autocrlf", "true")
	var direct struct {
		Data struct{ Release struct{ Digest string } }
	}
	a.json(&direct, "deploy", "dev", "--app", a.app, "--json")
	digest := direct.Data.Release.Digest
	if !strings.HasPrefix(digest, "sha256:") {
		t.Fatalf("deployed %q", digest)
	}
	a.forget(digest)
	a.send()
	if r := a.ends(commit, "Succeeded"); r.Variable("ImageDigest") != digest {
		t.Errorf("the pipeline built %s, the direct deploy %s", r.Variable("ImageDigest"), digest)
	}
	a.serves("dev", commit)

	pointer := "version https://git-lfs.github.com/spec/v1\noid sha256:" + strings.Repeat("0", 64) + "\nsize 12345\n"
	a.write("logo.png", pointer)
	commit = a.push("a pointer", behaviour{Colour: "red"})
	a.fails(fault.BadInput, []string{"images/app/logo.png", "a pointer of Git LFS", ".dockerignore"}, "deploy", "dev", "--app", a.app)
	a.ends(commit, "Failed")
}
