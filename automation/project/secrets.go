package project

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
)

// SecretsVariable names the environment variable with the secrets provider of new stacks; it wins over SecretsKey.
const SecretsVariable = "SLIPWAY_SECRETS_PROVIDER"

// SecretsKey is the configuration key with the secrets provider of new stacks.
const SecretsKey = Namespace + ":secretsProvider"

// Passphrase is the secrets provider that takes its key from a passphrase.
const Passphrase = "passphrase"

// Secrets is what encrypts the secrets of a stack that the backend does not know yet.
type Secrets struct {
	Provider string // pulumi's URL of a key, Passphrase, or empty for the default of the backend
	From     string // the variable or file that says so; empty when nothing does
}

// KMS says whether the provider is a key of AWS KMS.
func (s Secrets) KMS() bool { return strings.HasPrefix(s.Provider, "awskms://") }

// BadSecrets is the error for a secrets provider that pulumi does not have.
type BadSecrets struct{ Secrets }

func (e *BadSecrets) Error() string {
	return fmt.Sprintf("%q in %s is no secrets provider: awskms:///ARN?region=REGION&awssdk=v2, "+
		"awskms://alias/NAME?region=REGION&awssdk=v2, %s, or a URL of gcpkms, azurekeyvault or hashivault", e.Provider, e.From, Passphrase)
}

// Secrets finds the provider of a new stack: the one that the stack's own file names for pulumi goes first, then
// SLIPWAY_SECRETS_PROVIDER, then slipway:secretsProvider of the stack's file or Pulumi.yaml.
func (p *Project) Secrets(stack string) (Secrets, error) {
	file, err := p.StackSettings(stack)
	if err != nil {
		return Secrets{}, err
	}
	from := filepath.Base(p.StackFile(stack))
	switch {
	case file.SecretsProvider != "" && file.SecretsProvider != "default":
		return Secrets{Provider: file.SecretsProvider, From: from}.checked()
	case file.EncryptionSalt != "":
		return Secrets{Provider: Passphrase, From: from}, nil
	}
	if given := os.Getenv(SecretsVariable); given != "" {
		return Secrets{Provider: given, From: SecretsVariable}.checked()
	}
	if _, inFile := file.Config[config.MustMakeKey(Namespace, "secretsProvider")]; !inFile {
		from = "Pulumi.yaml"
	}
	values, err := p.StackConfig(stack)
	if err != nil || values[SecretsKey] == "" {
		return Secrets{}, err
	}
	return Secrets{Provider: values[SecretsKey], From: from}.checked()
}

func (s Secrets) checked() (Secrets, error) {
	u, err := url.Parse(s.Provider)
	known := []string{"awskms", "gcpkms", "azurekeyvault", "hashivault"}
	if s.Provider == Passphrase || err == nil && slices.Contains(known, u.Scheme) && (u.Host != "" || u.Path != "") {
		return s, nil
	}
	return s, &BadSecrets{s}
}
