package project

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/esc"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"gopkg.in/yaml.v3"
)

// Settings reads Pulumi.yaml as pulumi itself reads it.
func (p *Project) Settings() (*workspace.Project, error) {
	return workspace.LoadProject(filepath.Join(p.Root, "Pulumi.yaml"))
}

// StackSettings reads a stack's file as pulumi itself reads it. A stack without a file has no settings.
func (p *Project) StackSettings(stack string) (*workspace.ProjectStack, error) {
	if err := CheckStackName(stack); err != nil {
		return nil, err
	}
	settings, err := p.Settings()
	if err != nil {
		return nil, fmt.Errorf("reading the configuration of stack %s: %w", stack, err)
	}
	file, err := workspace.LoadProjectStack(nil, settings, p.StackFile(stack))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", p.StackFile(stack), err)
	}
	return file, nil
}

// Encrypted is the error for a value of Slipway's own that is stored as a secret: the deployer reads its
// configuration before the engine that could decrypt it runs.
type Encrypted struct{ Stack, Key, File string }

func (e *Encrypted) Error() string {
	return fmt.Sprintf("%s is encrypted (secure:) in %s, and the deployer has to read it", e.Key, e.File)
}

// mayBeSecret are the keys of Slipway's own that nothing reads before the engine runs.
var mayBeSecret = []string{"notifyWebhook"}

// Secret says whether a stack's file, or Pulumi.yaml, has a value that is encrypted under a key, "slipway:notifyWebhook".
func (p *Project) Secret(stack, key string) (bool, error) {
	all, err := p.merged(stack)
	if err != nil {
		return false, err
	}
	full, err := config.ParseKey(key)
	return err == nil && all[full].Secure(), err
}

// StackConfig is what the engine takes as a stack's configuration, keyed with namespaces ("slipway:kind"): the values
// of the stack's file, and those of Pulumi.yaml that the file does not replace. A value that is no scalar is JSON.
// Encrypted values of other namespaces are left out; one of Slipway's own that the deployer has to read is an *Encrypted error.
func (p *Project) StackConfig(stack string) (map[string]string, error) {
	all, err := p.merged(stack)
	if err != nil {
		return nil, err
	}
	return p.plain(stack, all)
}

// merged are the values of a stack's file with those of Pulumi.yaml.
func (p *Project) merged(stack string) (config.Map, error) {
	file, err := p.StackSettings(stack)
	if err != nil {
		return nil, err
	}
	settings, err := p.Settings()
	if err != nil {
		return nil, err
	}
	err = workspace.ApplyProjectConfig(context.Background(), stack, settings, esc.Value{}, file.Config, config.NopEncrypter)
	if err != nil {
		return nil, fmt.Errorf("merging the configuration of Pulumi.yaml into that of stack %s: %w", stack, err)
	}
	return file.Config, nil
}

// StackObject decodes one value of a stack's configuration that is an object: a mapping in the file, or JSON text, which
// is how Pulumi's CLI takes one. A key that is not there leaves the value as it is.
func (p *Project) StackObject(stack, key string, into any) error {
	values, err := p.StackConfig(stack)
	text, there := values[key]
	if err != nil || !there {
		return err
	}
	return yaml.Unmarshal([]byte(text), into) // JSON is YAML
}

func (p *Project) plain(stack string, all config.Map) (map[string]string, error) {
	values := make(map[string]string, len(all))
	var wrong []error
	for key, value := range all {
		name := key.Namespace() + ":" + key.Name()
		switch {
		case !value.Secure():
			text, err := value.Value(config.NopDecrypter)
			if err != nil {
				return nil, fmt.Errorf("reading %s of stack %s: %w", name, stack, err)
			}
			values[name] = text
		case key.Namespace() == Namespace && !slices.Contains(mayBeSecret, key.Name()):
			wrong = append(wrong, &Encrypted{Stack: stack, Key: name, File: p.StackFile(stack)})
		}
	}
	return values, errors.Join(wrong...)
}

// Key is the full name of one of Slipway's own keys, "slipway:kind" of "kind"; a full name stays as it is.
func Key(name string) string {
	if strings.Contains(name, ":") {
		return name
	}
	return Namespace + ":" + name
}
