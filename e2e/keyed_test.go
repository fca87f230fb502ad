package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// keyedStack is what the app of e2e/gallery/keyed needs, with a step of the same image that runs before it.
const keyedStack = `config:
  slipway:kind: environment
  slipway:capacity: %s
  slipway:desiredCount: "1"
  slipway:versionPath: ""
  slipway:variables:
    GREETING: %s
    PORT: "3000"
  slipway:secrets:
    API_TOKEN: /keyed/token
    DATABASE_PASSWORD: "%s:password::"
  slipway:command: [serve]
  slipway:user: "1234"
  slipway:stopTimeout: "5"
  slipway:exec: true
  slipway:healthCheck:
    path: /up
    matcher: "204"
  slipway:taskPolicies: [policy.json]
  slipway:containers: containers.json
`

const (
	keyedToken    = "token-of-the-app-0123456789"
	keyedPassword = "password-of-the-app-0123456789"
	buildToken    = "token-of-the-build-0123456789"
)

// keyedWorld is a user with that app and its secrets, whose stacks are up.
func keyedWorld(t *testing.T, capacity string) (w *world, stack func(greeting string)) {
	t.Helper()
	w = emptyWorld(t)
	copyFile(t, built.keyed, filepath.Join(w.app, "keyed"), 0o755)
	copyFile(t, "gallery/keyed/Dockerfile", filepath.Join(w.app, "Dockerfile"), 0o644)
	w.write("policy.json", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::uploads/*"}]}`)
	w.write("containers.json", `[{"name":"migrate","essential":false,"memory":32,"command":["migrate"]},
		{"name":"app","dependsOn":[{"containerName":"migrate","condition":"SUCCESS"}]}]`)
	w.git("init", "--quiet", "--initial-branch=main")
	w.must("init", "--name", "keyed", "--port", "3000", "--health-path", "/up", "--yes")
	w.replace("Pulumi.yaml", "context: .", "context: .\n      secrets: [NPM_TOKEN]")
	w.append("Pulumi.delivery.yaml", onlyDev+"  slipway:buildSecrets: {NPM_TOKEN: /keyed/build}\n")
	w.startSandbox()
	secret := w.keep(t)
	stack = func(greeting string) { w.write("Pulumi.dev.yaml", fmt.Sprintf(keyedStack, capacity, greeting, secret)) }
	stack("hello")
	w.commitAll("an app with keys")
	w.up("delivery")
	w.up("dev")
	return w, stack
}

// keep makes the secrets, each under a key of the account's own, and returns the ARN of the one in Secrets Manager.
func (w *world) keep(t *testing.T) string {
	t.Helper()
	user := credentials.NewStaticCredentialsProvider(w.get("AWS_ACCESS_KEY_ID"), w.get("AWS_SECRET_ACCESS_KEY"), "")
	options := aws.Config{Region: "us-east-1", BaseEndpoint: aws.String(w.get("AWS_ENDPOINT_URL")), Credentials: user}
	key, err := kms.NewFromConfig(options).CreateKey(t.Context(), &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"/keyed/token": keyedToken, "/keyed/build": buildToken} {
		_, err = ssm.NewFromConfig(options).PutParameter(t.Context(), &ssm.PutParameterInput{
			Name: aws.String(name), Value: aws.String(value), Type: types.ParameterTypeSecureString, KeyId: key.KeyMetadata.KeyId,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var made struct{ ARN string }
	ask(t, options, "secretsmanager.CreateSecret", &made, map[string]any{
		"Name": "keyed/db", "SecretString": `{"user":"app","password":"` + keyedPassword + `"}`, "KmsKeyId": *key.KeyMetadata.Arn,
	})
	return made.ARN
}

// ask calls a service of AWS for which the module has no client.
func ask(t *testing.T, options aws.Config, target string, out any, in map[string]any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, *options.BaseEndpoint, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Amz-Target", target)
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	key, err := options.Credentials.Retrieve(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	service, _, _ := strings.Cut(target, ".")
	if err := v4.NewSigner().SignHTTP(t.Context(), key, request, hex.EncodeToString(sum[:]), service, options.Region, time.Now()); err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(out); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v, %+v", target, response.Status, err, out)
	}
}

func short(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])[:12]
}

// An app that needs variables, secrets, a command and a step before it has them in a release; a changed variable is a
// release of its own, which is proved or taken back.
func TestAppWithKeys(t *testing.T) {
	t.Parallel()
	for _, capacity := range []string{"ec2", "fargate"} {
		t.Run(capacity, func(t *testing.T) { t.Parallel(); keysOfAnApp(t, capacity) })
	}
}

func keysOfAnApp(t *testing.T, capacity string) {
	w, stack := keyedWorld(t, capacity)
	first := w.released("deploy", "dev", "--json")
	serves := func(greeting string) {
		t.Helper()
		if want, got := strings.Join([]string{greeting, short(keyedToken), short(keyedPassword), "1234"}, " "), page(t, first.Data.AppURL); got != want {
			t.Errorf("the app answers %q, want %q", got, want)
		}
	}
	serves("hello")

	stack("goodbye")
	second := w.released("deploy", "dev", "--json")
	if second.step("build") != "skipped" || second.step("update") != "done" || second.Data.Release.Digest != first.Data.Release.Digest {
		t.Errorf("a changed variable was released so: %+v", second.Data.Steps)
	}
	serves("goodbye")

	stack("die")
	w.fails(6, []string{"serves again", "as you wish"}, "deploy", "dev")
	serves("goodbye")

	w.replace("Pulumi.dev.yaml", "matcher:", "macher:")
	w.fails(2, []string{"slipway:healthCheck.macher", "nearest is slipway:healthCheck.matcher"}, "deploy", "dev")

	stack("goodbye")
	w.replace("Pulumi.dev.yaml", "/keyed/token", "/keyed/none")
	w.fails(3, []string{"would change more than the image", "slipway up dev"}, "deploy", "dev")
	w.fails(6, []string{"serves again", "a secret that the task needs does not exist", "/keyed/none"}, "deploy", "dev", "--allow-infrastructure")
	serves("goodbye")

	w.replace("Pulumi.dev.yaml", "/keyed/none", "/keyed/token")
	w.must("up", "dev", "--yes")
	if capacity == "ec2" { // once is enough
		digest := w.pushesWithASecret()
		serves("goodbye")
		w.worksWithout()
		w.write("Pulumi.staging.yaml", w.file("dev"))
		w.promotesAndEnds(digest)
	}

	for _, folder := range []string{".slipway/sandbox", ".slipway/work"} {
		w.tellsNothing(filepath.Join(w.project, folder))
	}
}

// pushesWithASecret has the pipeline build the image, with the secret that only SSM has, and answers its digest.
func (w *world) pushesWithASecret() (digest string) {
	t := w.t
	commit := w.commitAll("by the pipeline")
	a := w.remote()
	a.send()
	digest = a.ends(commit, "Succeeded").Variable("ImageDigest")
	image, err := remote.Image(w.ref(w.output("delivery", "RepositoryURL")+"@"+digest), w.registry())
	if err != nil {
		t.Fatal(err)
	}
	if got := fileOf(t, image, "seal"); got != short(buildToken) {
		t.Errorf("the pipeline's build had %q", got)
	}
	return digest
}

// worksWithout runs the one program of an image without a shell, beside the service and inside of it.
func (w *world) worksWithout() {
	for _, args := range [][]string{{"run", "dev", "--", "migrate"}, {"exec", "dev", "--plain", "--", "/keyed", "migrate"}, {"logs", "dev"}} {
		if a := w.must(args...); !strings.Contains(a.stdout, "migrated") {
			w.t.Errorf("%q prints\n%s", args, a.stdout)
		}
	}
}

// replace changes a text in a file of the project.
func (w *world) replace(name, old, now string) {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.project, name))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.project, name), []byte(strings.ReplaceAll(string(text), old, now)), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// tellsNothing reads all files below a folder, in which no secret may be.
func (w *world) tellsNothing(folder string) {
	w.t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil //nolint:nilerr // what is gone meanwhile tells nothing
		}
		text, _ := os.ReadFile(path)
		for _, secret := range []string{keyedToken, keyedPassword, buildToken} {
			if bytes.Contains(text, []byte(secret)) {
				w.t.Errorf("%s tells a secret", path)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Error(err)
	}
}
