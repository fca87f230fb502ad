package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// binaryHost starts a binary as pulumi's host of the language Go starts the one that `binary` names: without arguments,
// with everything in its environment (pulumi/sdk/go/pulumi-language-go, runProgram and constructEnv).
type binaryHost struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	binary, root string
	env          []string
}

func (h *binaryHost) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "1.0.0"}, nil
}

func (h *binaryHost) GetRequiredPlugins(context.Context, *pulumirpc.GetRequiredPluginsRequest) (*pulumirpc.GetRequiredPluginsResponse, error) {
	return &pulumirpc.GetRequiredPluginsResponse{}, nil
}

func (h *binaryHost) Run(ctx context.Context, r *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	config, err := json.Marshal(r.Config)
	if err != nil {
		return nil, err
	}
	secrets, err := json.Marshal(r.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, h.binary)
	cmd.Dir = h.root
	cmd.Env = append(h.env, pulumi.EnvOrganization+"="+r.Organization, pulumi.EnvProject+"="+r.Project, pulumi.EnvStack+"="+r.Stack,
		pulumi.EnvPulumiRootDirectory+"="+h.root, pulumi.EnvConfig+"="+string(config), pulumi.EnvConfigSecretKeys+"="+string(secrets),
		pulumi.EnvDryRun+"="+strconv.FormatBool(r.DryRun), pulumi.EnvParallel+"="+strconv.Itoa(int(r.Parallel)),
		pulumi.EnvMonitor+"="+r.MonitorAddress, pulumi.EnvEngine+"="+r.Args[0])
	if out, err := cmd.CombinedOutput(); err != nil {
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("%v: %s", err, out)}, nil
	}
	return &pulumirpc.RunResponse{}, nil
}

// unchanged checks that plain pulumi, with the installed binary as the program, would change nothing of a stack.
func (w *world) unchanged(stack string) {
	w.t.Helper()
	stop := make(chan bool)
	served, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Cancel: stop, Init: func(s *grpc.Server) error {
		pulumirpc.RegisterLanguageRuntimeServer(s, &binaryHost{binary: w.slipway, root: w.project, env: w.env})
		return nil
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { close(stop); <-served.Done }()
	cmd := exec.Command("../.slipway/tools/bin/pulumi", "preview", "--non-interactive", "--cwd", w.project, "--stack", stack,
		"--expect-no-changes", "--client", fmt.Sprintf("127.0.0.1:%d", served.Port))
	cmd.Env = append(w.env, "PULUMI_SKIP_UPDATE_CHECK=true")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "unchanged") {
		w.t.Errorf("pulumi preview of %s: %v\n%s", stack, err, out)
	}
}

func TestPulumiRunsTheInstalledProgram(t *testing.T) {
	t.Parallel()
	w := appAlone(t)
	for _, stack := range []string{"delivery", "dev"} {
		w.up(stack)
		w.unchanged(stack)
	}
}
