package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"slipway/automation/checkpoint"
	"slipway/automation/ui"
)

// Marks that Pulumi puts on a secret in its state (sdk/go/common/resource, SigKey and SecretSig).
const (
	signatureKey    = "4dabf18193072939515e22adb298388d"
	secretSignature = "1b47061264138c4ac30d75fd1eb44270"
)

// ErrNotFound says that the backend knows no such stack; the error that holds it is a *NotFound.
var ErrNotFound = errors.New("no such stack")

// NotFound is the error for a stack that the backend does not know.
type NotFound struct{ Stack string }

func (e *NotFound) Error() string {
	return fmt.Sprintf("reading the state of stack %s: %v", e.Stack, ErrNotFound)
}

// Unwrap gives ErrNotFound.
func (e *NotFound) Unwrap() error { return ErrNotFound }

// state is what one look at a stack's state gives.
type state struct {
	outputs map[string]any
	secrets []string // the secret texts among the outputs
	pending []pending
	all     map[string]resource // by URN; nil after an update, which only tells the outputs
	keeper  provider            // of the secrets
	nulls   int                 // secrets that read as null: they are null, or pulumi had no right passphrase
	sealed  int                 // secrets that the export left encrypted
}

// pending is an operation that began and whose end no one knows.
type pending struct {
	resource
	op string // creating, updating, deleting, reading, importing
}

// resource is what the state says of one resource.
type resource struct {
	URN      string         `json:"urn"`
	Type     string         `json:"type"`
	ID       string         `json:"id"`
	Custom   bool           `json:"custom"`
	Delete   bool           `json:"delete"` // an old one that its replacement has left behind
	Inputs   map[string]any `json:"inputs"`
	Outputs  map[string]any `json:"outputs"`
	Parent   string         `json:"parent"`
	Provider string         `json:"provider"` // URN::id
	Retain   bool           `json:"retainOnDelete"`
	ImportID string         `json:"importID"` // set by an import until the next update
	Created  time.Time      `json:"created"`
}

// deployment is the part of Pulumi's state, version 3, that is read here.
type deployment struct {
	Resources         []resource      `json:"resources"`
	SecretsProviders  json.RawMessage `json:"secrets_providers"`
	PendingOperations []struct {
		Type     string   `json:"type"`
		Resource resource `json:"resource"`
	} `json:"pending_operations"`
}

// look reads the state, or returns what was read since the last operation.
func (s *Stack) look(ctx context.Context) (*state, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known != nil {
		return s.known, nil
	}
	known, err := s.export(ctx)
	if err != nil {
		return nil, err
	}
	s.dir.secrets = known.keeper.or(s.secrets.Provider)
	if known.nulls > 0 {
		s.sink.Event(ui.Warning{Text: fmt.Sprintf("%d secrets among the outputs of stack %s read as null: "+
			"is the passphrase right?", known.nulls, s.name)})
	}
	s.redact(known.secrets)
	s.known = known
	return known, nil
}

func (s *Stack) export(ctx context.Context) (*state, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	known, err := s.exportSealed(ctx)
	if err == nil && known.sealed > 0 {
		return s.exportWith(ctx)
	}
	return known, err
}

// exportSealed leaves secrets encrypted. It reads the backend itself; what it cannot read there is left to the CLI, which also
// knows best why it cannot be read.
func (s *Stack) exportSealed(ctx context.Context) (*state, error) {
	text, err := s.checkpoint(ctx)
	if errors.Is(err, checkpoint.ErrNotFound) {
		return nil, fmt.Errorf("reading the state of stack %s: %w", s.name, ErrNotFound)
	}
	if err == nil {
		if known, err := parseState(text); err == nil {
			return known, nil
		}
	}
	return s.exportWith(sealing(ctx))
}

func (s *Stack) checkpoint(ctx context.Context) ([]byte, error) {
	backend, err := s.dir.project.Backend()
	if err != nil {
		return nil, err
	}
	settings, err := s.dir.project.Settings()
	if err != nil {
		return nil, err
	}
	return checkpoint.Read(ctx, backend, settings.Name.String(), s.name)
}

func (s *Stack) exportWith(ctx context.Context) (*state, error) {
	export, err := s.pulumi.Workspace().ExportStack(ctx, s.name)
	if auto.IsSelectStack404Error(err) {
		return nil, &NotFound{s.name}
	}
	if err != nil {
		return nil, s.wrap(ctx, "reading the state of", err, nil)
	}
	known, err := parseState(export.Deployment)
	if err != nil {
		return nil, fmt.Errorf("reading the state of stack %s: %w", s.name, err)
	}
	return known, nil
}

// forget makes the next look read the state again.
func (s *Stack) forget() {
	s.mu.Lock()
	s.known = nil
	s.mu.Unlock()
}

// learn keeps the outputs that an update ended with, which spares the next look at the state.
func (s *Stack) learn(outputs map[string]any) {
	s.mu.Lock()
	s.known = &state{outputs: outputs, keeper: s.dir.secrets}
	s.mu.Unlock()
}

func parseState(text []byte) (*state, error) {
	var d deployment
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, err
	}
	known := &state{outputs: map[string]any{}, all: map[string]resource{}, keeper: parseProvider(d.SecretsProviders)}
	for _, r := range d.Resources {
		if _, there := known.all[r.URN]; !there || !r.Delete {
			known.all[r.URN] = r
		}
		if r.Type == rootType {
			for name, value := range r.Outputs {
				known.outputs[name] = known.reveal(value)
			}
		}
	}
	for _, op := range d.PendingOperations {
		known.pending = append(known.pending, pending{resource: op.Resource, op: op.Type})
	}
	return known, nil
}

// reveal replaces secrets by what they hide and remembers the texts among them.
func (s *state) reveal(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if v[signatureKey] == secretSignature {
			return s.secret(v)
		}
		for key := range v {
			v[key] = s.reveal(v[key])
		}
	case []any:
		for i := range v {
			v[i] = s.reveal(v[i])
		}
	}
	return value
}

func (s *state) secret(marked map[string]any) any {
	plain, open := marked["plaintext"].(string)
	if !open {
		s.sealed++
		return nil
	}
	var value any
	_ = json.Unmarshal([]byte(plain), &value) // what cannot be decrypted is null
	if value == nil {
		s.nulls++
	}
	s.remember(value)
	return value
}

func (s *state) remember(value any) {
	switch v := value.(type) {
	case string:
		s.secrets = append(s.secrets, v)
	case map[string]any:
		for _, inner := range v {
			s.remember(inner)
		}
	case []any:
		for _, inner := range v {
			s.remember(inner)
		}
	}
}
