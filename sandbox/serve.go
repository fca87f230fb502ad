package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"slipway/sandbox/local"
	"slipway/sandbox/naming"
	"slipway/sandbox/store"
)

// Serve runs the sandbox until ctx ends. When everything listens it calls ready with the ports that were taken;
// an error from there ends it. Containers run on when it ends, and the next Serve takes them over.
func Serve(ctx context.Context, c Config, ready func(Config) error) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := c.prepare(); err != nil {
		return err
	}
	st, err := store.Open(c.stateFile())
	if err != nil {
		return err
	}
	defer st.Close()
	l, err := listen(&c, log)
	if err != nil {
		return err
	}
	defer l.close()
	s, err := newServices(c, st, log)
	if err != nil {
		return err
	}
	defer s.engine.Close()
	if c.Ports.Registry, err = portOf(s.ecr.Addr()); err != nil {
		return err
	}
	c.StateKey = s.config.StateKey
	if err := ready(c); err != nil {
		return err
	}
	log.Info("serving", "id", c.ID, "endpoint", c.Endpoint())
	if !local.Tells() {
		log.Warn("this system does not say whose a connection is: every user of this machine can connect, to the providers without a key")
	}
	err = s.run(ctx, l)
	log.Info("stopped", "error", err)
	return err
}

// prepare makes what a new sandbox needs in its folder.
func (c *Config) prepare() error {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return err
	}
	if err := c.makeKey(); err != nil {
		return err
	}
	f, err := os.OpenFile(c.secretFile(), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(naming.Hex(32))
	return errors.Join(err, f.Close())
}

// listeners are the ports that the sandbox itself opens; the registry and the load balancers open their own.
type listeners struct{ api, aws, docker net.Listener }

func listen(c *Config, log *slog.Logger) (l listeners, err error) {
	for _, p := range []struct {
		what     string
		port     *int
		listener *net.Listener
	}{
		{"the AWS endpoint", &c.Ports.API, &l.api},
		{"the aws provider", &c.Ports.AWSProvider, &l.aws},
		{"the docker provider", &c.Ports.DockerProvider, &l.docker},
	} {
		*p.listener, err = local.Listen(fmt.Sprintf("127.0.0.1:%d", *p.port), log)
		if err != nil {
			l.close()
			return l, taken(p.what, *p.port, err)
		}
		*p.port = (*p.listener).Addr().(*net.TCPAddr).Port
	}
	return l, nil
}

func portOf(address string) (int, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}

// taken says what to do about a port that somebody else has.
func taken(what string, port int, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %d for %s is taken by another process: end that one, or choose other ports: slipway sandbox start --port 0", port, what)
	}
	return fmt.Errorf("opening port %d for %s: %w", port, what, err)
}

func (l listeners) close() {
	for _, one := range []net.Listener{l.api, l.aws, l.docker} {
		if one != nil {
			one.Close()
		}
	}
}

// run serves everything until ctx ends or a part fails.
func (s *services) run(ctx context.Context, l listeners) error {
	awsProvider, dockerProvider, err := s.providers()
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, one := range those[interface{ Run(context.Context) error }](s) {
		g.Go(func() error { return one.Run(ctx) })
	}
	g.Go(func() error { return awsProvider.Serve(ctx, l.aws) })
	g.Go(func() error { return dockerProvider.Serve(ctx, l.docker) })
	g.Go(func() error { return serveHTTP(ctx, l.api, s.endpoint()) })
	return g.Wait()
}

func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); ctx.Err() == nil {
		return err
	}
	return nil
}
