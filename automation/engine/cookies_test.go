package engine

import (
	"slices"
	"strings"
	"testing"
)

// An abort of Jenkins signals what has one of its cookies: pulumi is to end in order, by the one signal that the deployer sends.
func TestPulumiIsNoProcessOfJenkins(t *testing.T) {
	for _, name := range []string{"BUILD_ID", "HUDSON_COOKIE", "HUDSON_SERVER_COOKIE", "JENKINS_COOKIE", "JENKINS_NODE_COOKIE", "JENKINS_SERVER_COOKIE"} {
		t.Setenv(name, "of-jenkins")
	}
	t.Setenv("JENKINS_URL", "https://jenkins")
	env := environment("/bin", "", nil)
	if left := slices.IndexFunc(env, func(kv string) bool { return strings.HasSuffix(kv, "=of-jenkins") }); left >= 0 || !slices.Contains(env, "JENKINS_URL=https://jenkins") {
		t.Errorf("pulumi has %v", env)
	}
}
