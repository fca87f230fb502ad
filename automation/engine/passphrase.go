package engine

import (
	"context"
	"fmt"
	"os"
	"strings"

	"slipway/automation/project"
)

// Variables by which pulumi is given the passphrase of a stack's secrets.
const (
	passphraseVariable     = "PULUMI_CONFIG_PASSPHRASE"
	passphraseFileVariable = "PULUMI_CONFIG_PASSPHRASE_FILE"
)

// NoPassphrase is the error when a stack's secrets are under a passphrase, or would be, and nothing gives it.
type NoPassphrase struct {
	Stack string
	New   bool // the stack does not exist yet, so that a key can still be chosen
}

func (e *NoPassphrase) Error() string {
	if e.New {
		return fmt.Sprintf("the new stack %s would encrypt its secrets with a passphrase, and neither %s nor %s is set",
			e.Stack, passphraseVariable, passphraseFileVariable)
	}
	return fmt.Sprintf("the secrets of stack %s are encrypted with a passphrase, and neither %s nor %s is set",
		e.Stack, passphraseVariable, passphraseFileVariable)
}

// canEncrypt makes sure that pulumi can make the key of a new stack without asking for a passphrase.
func (s *Stack) canEncrypt() error {
	if passphraseGiven() || s.secrets.Provider != "" && s.secrets.Provider != project.Passphrase {
		return nil
	}
	backend, err := s.dir.project.Backend()
	if err != nil || backend == "" || s.secrets.Provider == "" && project.Hosted(backend) {
		return err
	}
	return &NoPassphrase{Stack: s.name, New: true}
}

// hosted says whether the state is in Pulumi's service.
func (s *Stack) hosted() bool {
	backend, err := s.dir.project.Backend()
	return err == nil && project.Hosted(backend)
}

// ready makes sure that the stack exists and that pulumi can open its secrets, before anything of it is changed.
func (s *Stack) ready(ctx context.Context) error {
	known, err := s.look(ctx)
	if err != nil || known.keeper.Type != project.Passphrase || passphraseGiven() {
		return err
	}
	file, err := s.dir.project.StackSettings(s.name)
	if err != nil || file.SecretsProvider != "" && file.SecretsProvider != project.Passphrase {
		return err
	}
	return &NoPassphrase{Stack: s.name}
}

// passphraseGiven follows pulumi: an empty passphrase is one, an empty file name is none.
func passphraseGiven() bool {
	_, given := os.LookupEnv(passphraseVariable)
	return given || os.Getenv(passphraseFileVariable) != ""
}

// asksForPassphrase recognises that pulumi wanted a passphrase that it could not ask for.
func asksForPassphrase(err error) bool {
	return !passphraseGiven() && strings.Contains(err.Error(), "passphrase must be set with")
}
