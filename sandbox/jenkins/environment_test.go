package jenkins_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// A build has the variables of its unit and of its job, those of any machine, and the few that stand in for AWS's
// network. What the sandbox's own process has is not among them.
func TestEnvironmentOfBuilds(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "poison", "PULUMI_CONFIG_PASSPHRASE": "poison", "HTTP_PROXY": "http://127.0.0.1:9", "GIT_DIR": "/nowhere", "TMPDIR": t.TempDir(),
	} {
		t.Setenv(name, value)
	}
	x := newStand(t).build(same)
	if err := x.ready(); err != nil {
		t.Fatal(err)
	}
	c := x.admin()
	c.start(url.Values{"COMMIT": {"environment"}})
	c.wait("1")
	text := c.text("/job/slipway/1/consoleText")
	contains(t, text, "\n0027\n", "home "+x.options.Dir+"/volumes/"+x.volume+" lang C.UTF-8\n")
	var got []string
	for line := range strings.Lines(text) {
		if name, is := strings.CutPrefix(strings.TrimSpace(line), "has "); is {
			got = append(got, name)
		}
	}
	want := strings.Fields(`
		HOME LANG LOGNAME PATH USER
		AWS_REGION PULUMI_HOME SLIPWAY_DEPLOY_INFRASTRUCTURE
		CASC_JENKINS_CONFIG JENKINS_HTTPS_LISTEN_ADDRESS JENKINS_HTTPS_PORT JENKINS_LISTEN_ADDRESS JENKINS_PORT
		BUILD_DISPLAY_NAME BUILD_ID BUILD_NUMBER BUILD_TAG BUILD_URL CI EXECUTOR_NUMBER HUDSON_HOME HUDSON_URL JENKINS_HOME
		JENKINS_NODE_COOKIE JENKINS_URL JOB_BASE_NAME JOB_NAME JOB_URL NODE_LABELS NODE_NAME WORKSPACE
		COMMIT UNTIL
		OLDPWD PWD SHLVL _
		AWS_EC2_METADATA_SERVICE_ENDPOINT AWS_ENDPOINT_URL`)
	for _, name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("a build has %s", name)
		}
	}
	for _, name := range want[:len(want)-6] {
		if !slices.Contains(got, name) {
			t.Errorf("a build has no %s", name)
		}
	}
}

// A host's metadata service names the host and its role on the host's own address; a host without a role has none, and
// does not get as far as a download.
func TestRoleOfTheHost(t *testing.T) {
	x := newStand(t).build(same)
	if err := x.ready(); err != nil {
		t.Fatal(err)
	}
	c := x.admin()
	c.start(url.Values{"COMMIT": {"environment"}})
	c.wait("1")
	_, rest, _ := strings.Cut(c.text("/job/slipway/1/consoleText"), "\nmetadata ")
	endpoint, _, _ := strings.Cut(rest, "\n")
	token := ask(t, http.MethodPut, endpoint+"/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "60")
	for path, want := range map[string]string{
		"instance-id": x.instance, "iam/security-credentials/": "jenkins-role", "placement/availability-zone": "us-east-1a", "instance-type": "t3.medium",
	} {
		if got := ask(t, http.MethodGet, endpoint+"/latest/meta-data/"+path, "X-aws-ec2-metadata-token", token); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	keys := ask(t, http.MethodGet, endpoint+"/latest/meta-data/iam/security-credentials/jenkins-role", "X-aws-ec2-metadata-token", token)
	contains(t, keys, `"Code": "Success"`, x.instance)

	s := newStand(t)
	y := s.build(same)
	id, _ := s.create(instanceType, map[string]any{"userData": replace("SLIPWAY_DATA_VOLUME=", "#")(s.userData(y.ip, ""))})
	contains(t, fmt.Sprint(s.Ready(t.Context(), id)), "making the secrets", "no credentials")
}

func ask(t *testing.T, method, url, header, value string) string {
	t.Helper()
	request, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(header, value)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %v", method, url, answer.Status, err)
	}
	return string(text)
}

// The unit says where the worker may write.
func TestWorkerOutsideOfItsFolders(t *testing.T) {
	x := newStand(t).build(replace("ReadWritePaths=/var/lib/jenkins/worker", "StateDirectory=slipway"))
	contains(t, fmt.Sprint(x.ready()), "starting the worker", "SLIPWAY_WORKER_DIR is /var/lib/jenkins/worker: read-only file system")
}
