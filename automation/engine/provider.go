package engine

import (
	"encoding/json"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"slipway/automation/project"
)

// provider is what encrypts the secrets of a stack, as its state names it.
type provider struct {
	Type  string `json:"type"` // "passphrase", "cloud" (a key service) or "service" (Pulumi's own)
	State struct {
		Salt         string `json:"salt"`
		URL          string `json:"url"`
		EncryptedKey string `json:"encryptedkey"`
	} `json:"state"`
}

// complete names the provider in a stack file that does not. Without that, pulumi falls back to the provider in the
// state, but reads every secret as null where the passphrase is wrong (seen with v3.230.0); with it, an operation
// refuses to begin. A file that names another provider than the state keeps it: pulumi then changes over to it.
func (p provider) complete(file *workspace.ProjectStack) (added bool) {
	if file.EncryptionSalt != "" || file.EncryptedKey != "" {
		return false
	}
	named := file.SecretsProvider != "" && file.SecretsProvider != "default"
	switch {
	case p.Type == "passphrase" && p.State.Salt != "" && (!named || file.SecretsProvider == project.Passphrase):
		file.EncryptionSalt = p.State.Salt
	case p.Type == "cloud" && p.State.URL != "" && (!named || file.SecretsProvider == p.State.URL):
		file.SecretsProvider, file.EncryptedKey = p.State.URL, p.State.EncryptedKey
	default:
		return false
	}
	return true
}

// or is the provider that was chosen for the stack when the state names none: pulumi writes the state of a new stack twice, and
// who is killed in between leaves one without a provider (pkg/backend/diy, CreateStack, v3.230.0). pulumi makes the key then.
func (p provider) or(chosen string) provider {
	if p.Type == "" && strings.Contains(chosen, "://") {
		p.Type, p.State.URL = "cloud", chosen
	}
	return p
}

func parseProvider(raw json.RawMessage) provider {
	var p provider
	_ = json.Unmarshal(raw, &p) // another kind of provider has another shape
	return p
}
