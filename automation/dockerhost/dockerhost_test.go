package dockerhost

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/automation/fault"
)

// configured is a folder of the docker CLI with these contexts; one whose name begins with tls has certificates.
func configured(t *testing.T, current string, contexts map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	put := func(name, text string) {
		name = filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if current != "" {
		put("config.json", current)
	}
	for name, endpoint := range contexts {
		id := fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
		put("contexts/meta/"+id+"/meta.json", `{"Name":"`+name+`","Metadata":{},"Endpoints":{"docker":`+endpoint+`}}`)
		if strings.HasPrefix(name, "tls") {
			put("contexts/tls/"+id+"/docker/ca.pem", "x")
		}
	}
	return folder
}

func TestAdoptChoosesAsTheDockerCLIDoes(t *testing.T) {
	contexts := map[string]string{
		"colima": `{"Host":"unix:///home/me/.colima/docker.sock","SkipTLSVerify":false}`, "tls": `{"Host":"tcp://10.0.0.1:2376"}`,
		"tls-open": `{"Host":"tcp://10.0.0.2:2376","SkipTLSVerify":true}`, "far": `{"Host":"ssh://me@far"}`, "none": `{}`,
	}
	for _, c := range []struct {
		name, current, variable, host string
		want                          string // DOCKER_HOST, and DOCKER_TLS_VERIFY where there are certificates
		says                          string
	}{
		{name: "nothing"},
		{name: "the default", current: `{"currentContext":"default"}`},
		{name: "no context in the file", current: `{"auths":{}}`},
		{name: "docker context use", current: `{"currentContext":"colima"}`, want: "unix:///home/me/.colima/docker.sock"},
		{name: "DOCKER_CONTEXT before it", current: `{"currentContext":"none"}`, variable: "colima", want: "unix:///home/me/.colima/docker.sock"},
		{name: "DOCKER_HOST before both", current: `{"currentContext":"far"}`, variable: "none", host: "unix:///x.sock", want: "unix:///x.sock"},
		{name: "TLS", variable: "tls", want: "tcp://10.0.0.1:2376 1"},
		{name: "TLS that is not checked", variable: "tls-open", want: "tcp://10.0.0.2:2376 "},
		{name: "one that is gone", current: `{"currentContext":"gone"}`, says: `config.json names the Docker context "gone": there is no such context`},
		{name: "ssh", variable: "far", says: "DOCKER_CONTEXT names the Docker context \"far\": it reaches its engine through ssh"},
		{name: "no engine", variable: "none", says: "it has no engine"},
		{name: "no JSON", current: `{`, says: "config.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(configVariable, configured(t, c.current, contexts))
			t.Setenv(contextVariable, c.variable)
			t.Setenv(hostVariable, c.host)
			t.Setenv(certsVariable, "")
			t.Setenv(verifyVariable, "")
			err := Adopt()
			if c.says != "" {
				if fault.CodeOf(err) != fault.NotReady || !strings.Contains(fmt.Sprint(err), c.says) {
					t.Errorf("%v, want %q", err, c.says)
				}
				return
			}
			got := os.Getenv(hostVariable)
			if os.Getenv(certsVariable) != "" {
				got += " " + os.Getenv(verifyVariable)
			}
			if err != nil || got != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
}
