package buildkit

import (
	"context"
	"fmt"
	"net"
	"path/filepath"

	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/filesync"
	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"

	"slipway/sandbox/naming"
)

// open starts the session over which the engine's BuildKit fetches the files that it asks for. A session with
// the same source as an earlier one only sends what changed since.
func (b Builder) open(ctx context.Context, i Image, source string) (*session.Session, <-chan error, error) {
	files, err := owned(i.Context)
	if err != nil {
		return nil, nil, err
	}
	recipe, err := owned(filepath.Dir(i.Dockerfile))
	if err != nil {
		return nil, nil, err
	}
	link, err := session.NewSession(ctx, source)
	if err != nil {
		return nil, nil, fmt.Errorf("opening a build session: %w", err)
	}
	link.Allow(filesync.NewFSSyncProvider(filesync.StaticDirSource{"context": files, "dockerfile": recipe}))
	link.Allow(login{Login: i.Login, others: i.Logins})
	link.Allow(kept(i.Secrets))
	ended := make(chan error, 1)
	go func() {
		ended <- link.Run(ctx, func(ctx context.Context, proto string, meta map[string][]string) (net.Conn, error) {
			return b.Engine.DialHijack(ctx, "/session", proto, meta)
		})
	}()
	return link, ended, nil
}

// owned are the files of a folder as if root had them: owners here mean nothing in the image.
func owned(folder string) (fsutil.FS, error) {
	files, err := fsutil.NewFS(folder)
	if err != nil {
		return nil, err
	}
	return fsutil.NewFilterFS(files, &fsutil.FilterOpt{Map: func(_ string, st *types.Stat) fsutil.MapResult {
		st.Uid, st.Gid = 0, 0
		return fsutil.MapResultKeep
	}})
}

// buildID names a build to the engine.
func buildID() string { return naming.Hex(32) }
