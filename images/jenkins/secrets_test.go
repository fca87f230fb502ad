package jenkins

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

var passwordForm = regexp.MustCompile(`\A[0-9a-f]{48}\n\z`)

// ssm are the operations that were called, in order.
func ssm(h *host) string {
	var operations []string
	for _, call := range h.calls("aws") {
		operations = append(operations, strings.TrimSuffix(strings.Fields(call)[2], "-parameter"))
	}
	return strings.Join(operations, " ")
}

func TestSecretsOfAFirstBoot(t *testing.T) {
	h := newHost(t)
	h.expect("secrets", 0)
	for _, name := range []string{"run/worker", "run/admin"} {
		if got := h.read(name); !passwordForm.MatchString(got) {
			t.Errorf("%s is %q", name, got)
		}
		h.mode(name, 0o400)
	}
	if h.read("run/admin") != h.read("parameter") || h.read("run/admin") == h.read("run/worker") {
		t.Error("the admin's password is not that of the parameter, or that of the worker")
	}
	if got := ssm(h); got != "get put get" {
		t.Errorf("SSM was asked to %s", got)
	}
	entries, err := os.ReadDir(h.path("run"))
	if err != nil || len(entries) != 2 {
		t.Errorf("there is %v (%v)", entries, err)
	}
	for _, call := range h.calls("aws") {
		if strings.Contains(call, strings.TrimSpace(h.read("parameter"))) || !strings.Contains(call, "--name /slipway/delivery/jenkins-admin") ||
			strings.Contains(call, "put-parameter") && !strings.Contains(call, "--key-id "+valid().KeyArn+" ") {
			t.Errorf("called %q", call)
		}
	}
}

func TestSecretsOfALaterBoot(t *testing.T) {
	h := newHost(t)
	h.write("parameter", "chosen by a person\n")
	h.expect("secrets", 0)
	worker := h.read("run/worker")
	h.expect("secrets", 0)
	if h.read("run/worker") != worker || h.read("run/admin") != "chosen by a person\n" {
		t.Errorf("the admin's is %q", h.read("run/admin"))
	}
	if got := ssm(h); got != "get get" {
		t.Errorf("SSM was asked to %s", got)
	}
}

func TestSecretsWaitForSSM(t *testing.T) {
	h := newHost(t)
	h.write("down", "3")
	h.write("parameter", "secret\n")
	h.expect("secrets", 0, "Could not connect")
	if got := ssm(h); got != "get get get get" {
		t.Errorf("SSM was asked to %s", got)
	}
}

func TestSecretsThatCannotBeHad(t *testing.T) {
	for name, c := range map[string]struct{ file, text, says string }{
		"no answer": {"down", "1000", "Could not connect"},
		"denied":    {"denied", "", "AccessDeniedException"},
		"empty":     {"parameter", "", "the parameter /slipway/delivery/jenkins-admin is empty"},
	} {
		h := newHost(t)
		h.write(c.file, c.text)
		said, code := h.run("secrets")
		if code != 1 || !strings.Contains(said, c.says) {
			t.Errorf("%s: code %d\n%s", name, code, said)
		}
		if h.read("run/admin") != "" {
			t.Errorf("%s: there is a password", name)
		}
	}
}

// certificate returns what openssl says of the keystore's certificate, opened with its password.
func certificate(h *host) string {
	h.t.Helper()
	password, ok := strings.CutPrefix(strings.TrimSpace(h.read("run/https.env")), "JENKINS_HTTPS_KEYSTORE_PASSWORD=")
	if !ok || len(password) != 48 {
		h.t.Fatalf("https.env is %q", h.read("run/https.env"))
	}
	pem, err := exec.CommandContext(h.t.Context(), "openssl", "pkcs12", "-in", h.path("home/https/keystore.p12"),
		"-passin", "pass:"+password, "-nodes").Output()
	h.check(err)
	if !strings.Contains(string(pem), "PRIVATE KEY") {
		h.t.Error("the keystore has no key")
	}
	cmd := exec.CommandContext(h.t.Context(), "openssl", "x509", "-noout", "-text")
	cmd.Stdin = strings.NewReader(string(pem))
	text, err := cmd.Output()
	h.check(err)
	return string(text)
}

func TestKeystore(t *testing.T) {
	h := newHost(t)
	h.expect("keystore", 0, "making a certificate for 203.0.113.10")
	first := certificate(h)
	if !strings.Contains(first, "IP Address:203.0.113.10\n") {
		t.Errorf("the certificate is for another:\n%s", first)
	}
	h.mode("home/https/keystore.p12", 0o440)
	h.mode("home/https/password", 0o600)
	h.mode("run/https.env", 0o600)
	entries, err := os.ReadDir(h.path("home/https"))
	if err != nil || len(entries) != 3 {
		t.Errorf("there is %v (%v)", entries, err)
	}

	h.check(os.Remove(h.path("run/https.env"))) // as a boot does
	h.expect("keystore", 0, "the certificate for 203.0.113.10 stays")
	if certificate(h) != first {
		t.Error("the certificate is another one")
	}

	if said, code := h.run("keystore", "JENKINS_PUBLIC_ADDRESS=jenkins.example.com"); code != 0 {
		t.Fatalf("code %d\n%s", code, said)
	}
	if text := certificate(h); !strings.Contains(text, "DNS:jenkins.example.com\n") {
		t.Errorf("the certificate is for another:\n%s", text)
	}
	h.check(os.Remove(h.path("home/https/keystore.p12")))
	if said, code := h.run("keystore", "JENKINS_PUBLIC_ADDRESS=jenkins.example.com"); code != 0 || !strings.Contains(said, "making") {
		t.Errorf("code %d\n%s", code, said)
	}
}

// One that ends within the month is made anew.
func TestKeystoreThatEndsSoon(t *testing.T) {
	h := newHost(t)
	h.expect("keystore", 0)
	cmd := exec.CommandContext(t.Context(), "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "29", "-subj", "/CN=Jenkins",
		"-addext", "subjectAltName=IP:203.0.113.10", "-keyout", os.DevNull, "-out", h.path("home/https/certificate.pem"))
	h.check(cmd.Run())
	h.expect("keystore", 0, "making a certificate")
}
