package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"slipway/automation/project"
)

// rehearse answers where a stack that the backend does not know is previewed: in a backend of its own below the work
// folder, for pulumi previews no stack that does not exist, and to look must not create one. The configuration has to be
// written already. Pulumi Cloud's own stacks are created, as nothing else can stand in for what they read and encrypt with.
func (s *Stack) rehearse(ctx context.Context) (auto.Stack, error) {
	if err := s.canEncrypt(); err != nil {
		return auto.Stack{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	folder := filepath.Join(s.dir.path, "backend")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return auto.Stack{}, err
	}
	if err := s.lend(ctx, folder); err != nil {
		return auto.Stack{}, err
	}
	backend := url.URL{Scheme: "file", Path: folder, RawQuery: "metadata=skip"}
	workspace, err := auto.NewLocalWorkspace(ctx, auto.WorkDir(s.dir.path), auto.Pulumi(s.cli), auto.SecretsProvider(s.secrets.Provider),
		auto.Program(s.program), auto.EnvVars(map[string]string{project.BackendVariable: backend.String()}))
	if err != nil {
		return auto.Stack{}, fmt.Errorf("opening stack %s for a preview: %w", s.name, err)
	}
	if err := workspace.CreateStack(ctx, s.name); err != nil && !auto.IsCreateStack409Error(err) {
		return auto.Stack{}, s.wrap(ctx, "previewing", err, nil)
	}
	return auto.SelectStack(sparing(ctx), s.name, workspace)
}

// lend copies the states of the stacks that the program reads into a backend that is a folder.
func (s *Stack) lend(ctx context.Context, folder string) error {
	for _, name := range s.reads {
		export, err := s.pulumi.Workspace().ExportStack(sealing(ctx), name)
		if auto.IsSelectStack404Error(err) {
			continue
		}
		if err != nil {
			return s.wrap(ctx, "reading the state of "+name+" for", err, nil)
		}
		if err := s.lendState(folder, name, export); err != nil {
			return fmt.Errorf("copying the state of stack %s: %w", name, err)
		}
	}
	return nil
}

// lendState writes a state as Pulumi's backends in files and buckets keep it (pkg/backend/diy, projectReferenceStore).
func (s *Stack) lendState(folder, name string, export apitype.UntypedDeployment) error {
	full := s.fullName(name)
	state, err := json.Marshal(struct {
		Stack  tokens.QName    `json:"stack"`
		Latest json.RawMessage `json:"latest"`
	}{tokens.QName(full), export.Deployment})
	if err != nil {
		return err
	}
	text, err := json.Marshal(apitype.VersionedCheckpoint{Version: export.Version, Features: export.Features, Checkpoint: state})
	if err != nil {
		return err
	}
	parts := strings.Split(full, "/")
	at := filepath.Join(folder, ".pulumi", "stacks", parts[1], parts[2]+".json")
	return errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(filepath.Join(folder, ".pulumi", "meta.yaml"), []byte("version: 1\n"), 0o600),
		os.WriteFile(at, text, 0o600))
}

// fullName is organization/project/stack, which a name may be already.
func (s *Stack) fullName(name string) string {
	if strings.Count(name, "/") == 2 {
		return name
	}
	return "organization/" + s.dir.project.Name + "/" + name
}
