package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

func TestSandboxLivesInOneFolder(t *testing.T) {
	t.Parallel()
	w := ready(t)
	if a := w.must("sandbox", "start"); !strings.Contains(a.stderr, "runs already") {
		t.Errorf("a second start does not say that it runs: %s", a.stderr)
	}
	w.fails(2, []string{"--speed", "made with"}, "sandbox", "start", "--speed", "3")
	running := w.status()
	if w.containers() == "" {
		t.Fatal("no container runs")
	}
	w.must("sandbox", "stop", "--keep")
	if left := w.containers(); left != "" {
		t.Errorf("stop left containers: %s", left)
	}
	w.must("sandbox", "start")
	r := w.deploy()
	if r.Data.Release.Digest != running {
		t.Errorf("after the restart %s runs, not %s", r.Data.Release.Digest, running)
	}
	w.must("destroy", "dev", "--yes")
	w.fails(3, []string{"holds images; nothing was deleted", "slipway:deleteImages"}, "destroy", "delivery", "--yes")
	w.stackFile("delivery", "config:\n  slipway:kind: delivery\n  slipway:deleteImages: true\n  slipway:allowedCidr: 127.0.0.1/32\n")
	w.up("delivery")
	w.must("destroy", "delivery", "--yes")
	if left := w.containers(); left != "" {
		t.Errorf("destroy left containers: %s", left)
	}
}

// containers lists what carries the label of this world's sandbox.
func (w *world) containers() string {
	w.t.Helper()
	var s struct {
		Data struct{ Sandbox struct{ ID string } }
	}
	if a := w.run("sandbox", "status", "--json"); a.code == 0 {
		w.json(&s, "sandbox", "status", "--json")
		w.id = s.Data.Sandbox.ID
	}
	out, err := exec.Command("docker", "ps", "--quiet", "--filter", "label=slipway.sandbox="+w.id).CombinedOutput()
	if err != nil || w.id == "" {
		w.t.Fatalf("listing the containers of %q: %v: %s", w.id, err, out)
	}
	return strings.TrimSpace(string(out))
}

// aws is the configuration with which AWS's clients speak to the sandbox.
func (w *world) aws() aws.Config {
	w.t.Helper()
	c, err := config.LoadDefaultConfig(w.t.Context(), config.WithRegion("us-east-1"), config.WithBaseEndpoint(w.get("AWS_ENDPOINT_URL")),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(w.get("AWS_ACCESS_KEY_ID"), w.get("AWS_SECRET_ACCESS_KEY"), "")))
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func clientsOfAWS(t *testing.T, w *world) {
	ctx, c := context.Background(), w.aws()
	var up struct {
		Data struct {
			Outputs struct{ Cluster, Service, LogGroup string }
		}
	}
	w.json(&up, "up", "dev", "--yes", "--json")
	o := up.Data.Outputs
	services, err := ecs.NewFromConfig(c).DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &o.Cluster, Services: []string{o.Service}})
	if err != nil || len(services.Services) != 1 || services.Services[0].RunningCount < 1 {
		t.Errorf("describe-services: %+v, %v", services, err)
	}
	repository := "slipway"
	images, err := ecr.NewFromConfig(c).DescribeImages(ctx, &ecr.DescribeImagesInput{RepositoryName: &repository})
	if err != nil || len(images.ImageDetails) != 1 || *images.ImageDetails[0].ImageDigest != w.status() {
		t.Errorf("describe-images: %+v, %v", images, err)
	}
	logs, err := cloudwatchlogs.NewFromConfig(c).FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &o.LogGroup})
	if err != nil || len(logs.Events) == 0 || !strings.Contains(*logs.Events[0].Message, "listening on") {
		t.Errorf("filter-log-events: %+v, %v", logs, err)
	}
	if listens := listensBeyondThisMachine(t, w.get("AWS_ENDPOINT_URL")); listens {
		t.Error("the AWS endpoint can be reached from other machines")
	}
}

// listensBeyondThisMachine asks for the port of a local URL on the machine's other addresses.
func listensBeyondThisMachine(t *testing.T, url string) bool {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(url, "http://"), ":")
	for _, a := range addresses {
		ip := a.(*net.IPNet).IP
		if ip.IsLoopback() || ip.To4() == nil {
			continue
		}
		if res, err := http.Get("http://" + net.JoinHostPort(ip.String(), port)); err == nil {
			res.Body.Close()
			return true
		}
	}
	return false
}

func copyHalf(to io.WriteCloser, from io.Reader) (int64, error) {
	defer to.Close()
	return io.Copy(to, from)
}
