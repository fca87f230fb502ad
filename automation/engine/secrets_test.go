package engine

import (
	"strings"
	"testing"
)

func TestANewStackGetsTheSecretsProviderOfTheEnvironment(t *testing.T) {
	p := newProject(t)
	t.Setenv("SLIPWAY_SECRETS_PROVIDER", "nosuch://key")
	_, err := open(t, Options{Project: p}).Update(t.Context(), nil, "")
	if err == nil || !strings.Contains(err.Error(), "nosuch") {
		t.Errorf("with a provider that there is none of: %v", err)
	}
}
