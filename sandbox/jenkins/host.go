package jenkins

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"slipway/sandbox/jenkins/cloudinit"
)

// host is an instance that runs, or tries to.
type host struct {
	*Service
	instance
	dir  string // of the host; root, its file system, is in it
	stop context.CancelFunc
	done chan struct{}
	wake chan struct{} // capacity 1: its volumes or addresses have changed

	// What booting has found out, in the order of the steps.
	config  cloudinit.Config
	needs   map[string]string // of host.env
	unit    cloudinit.Unit    // of Jenkins
	environ map[string]string // of Jenkins, as the unit has it
	home    string            // JENKINS_HOME as the host names it
	volume  string            // the folder of the data volume, or "" for a home within the root
	bootLog []string

	metadata service
	jenkins  *server
	worker   *worker

	mu    sync.Mutex
	step  string // what the host does
	fault error  // why it does not go on
}

func newHost(s *Service, i instance) *host {
	dir := s.hostDir(i.ID)
	return &host{Service: s, instance: i, dir: dir, done: make(chan struct{}), wake: make(chan struct{}, 1)}
}

// boot is what happens from power to work, in order. The names are those of the host's own scripts, where they have it.
var boot = []struct {
	name, doing string
	run         func(*host, context.Context) error
}{
	{"user-data", "reading the user data", (*host).read},
	{"metadata", "opening the metadata service", (*host).openMetadata}, // before all that needs the host's role
	{"volume", "waiting for the data volume", (*host).mount},           // Jenkins' home is on it, so before anything is written there
	{"files", "writing the files", (*host).write},
	{"secrets", "making the secrets", (*host).makeSecrets}, // before both services: each reads one
	{"deployer", "installing slipway", (*host).install},
	{"jobs", "seeding the jobs", (*host).seed}, // before Jenkins, which reads them once
	{"jenkins", "starting Jenkins", (*host).startJenkins},
	{"start", "starting the worker", (*host).startWorker}, // after Jenkins: it would only wait for it
}

// run boots the host and keeps it running until ctx ends.
func (h *host) run(ctx context.Context) {
	defer close(h.done)
	var services sync.WaitGroup
	defer services.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer func() { h.metadata.close() }()
	began := h.options.Clock.Now()
	if h.boot(ctx) {
		services.Go(func() { h.settle(ctx, began) })
	}
	h.serve(ctx, &services)
}

// boot runs the steps, and tells whether all of them worked.
func (h *host) boot(ctx context.Context) bool {
	for n, step := range boot {
		h.note(step.doing, nil)
		h.begin(ctx, step.name, n+1)
		err := step.run(h, ctx)
		if err == nil {
			continue
		}
		h.note(step.doing, err)
		if ctx.Err() == nil {
			h.options.Log.Error("a Jenkins host does not come up", "instance", h.ID, "step", step.doing, "error", err)
			h.failed(ctx, step.name, err)
		}
		return false
	}
	h.begin(ctx, lastStep, len(boot)+1)
	return true
}

// serve runs what has been started, and keeps Jenkins on the addresses that the host has.
func (h *host) serve(ctx context.Context, services *sync.WaitGroup) {
	if h.jenkins != nil {
		defer h.jenkins.close()
		services.Go(func() { _ = h.jenkins.controller.Run(ctx) }) // ends with ctx alone
	}
	if h.worker != nil {
		services.Go(func() { h.worker.run(ctx) })
		h.note("running", nil)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		}
		if h.jenkins == nil {
			continue
		}
		if err := h.jenkins.listen(h); err != nil {
			h.options.Log.Error("bringing Jenkins to its addresses", "instance", h.ID, "error", err)
			h.note("listening on the host's addresses", err)
		}
	}
}

func (h *host) note(step string, fault error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.step, h.fault = step, fault
}

// state returns what the host does, and why it does not go on.
func (h *host) state() (step string, fault error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.step, h.fault
}

// read finds out what the user data says of Jenkins.
func (h *host) read(context.Context) error {
	var err error
	if h.config, err = cloudinit.Parse(h.UserData); err != nil {
		return err
	}
	content, _ := h.config.File(hostFile)
	if h.needs, err = cloudinit.ParseEnvironment(content); err != nil {
		return fmt.Errorf("%s: %w", hostFile, err)
	}
	var dropIns [][]byte
	for _, f := range h.config.Match(dropIn) {
		dropIns = append(dropIns, f.Content)
	}
	if h.unit, err = cloudinit.ParseUnit(dropIns...); err != nil {
		return err
	}
	h.environ, err = h.unit.Variables(h.written)
	if h.home = h.environ["JENKINS_HOME"]; h.home == "" {
		h.home = "/var/lib/jenkins"
	}
	return err
}

// written returns the content of a file of write_files.
func (h *host) written(name string) ([]byte, error) {
	if content, ok := h.config.File(path.Clean(name)); ok {
		return content, nil
	}
	return nil, fmt.Errorf("the user data does not write %s", name)
}

// mount waits until the data volume that host.env names is attached. A host without one has its home in its root.
func (h *host) mount(ctx context.Context) error {
	id := h.needs["SLIPWAY_DATA_VOLUME"]
	if id == "" {
		return os.MkdirAll(h.path(h.home), 0o700)
	}
	late := h.options.Clock.NewTimer(h.options.MaxBoot)
	defer late.Stop()
	for {
		holder, err := h.holder(id)
		if err != nil {
			return err
		}
		if holder == h.ID {
			break
		}
		select {
		case <-h.wake:
		case <-late.Chan():
			return fmt.Errorf("the volume %s was not attached to %s within %s", id, h.ID, h.options.MaxBoot)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	h.volume = h.volumeDir(id)
	return h.linkHome()
}

// linkHome makes the volume appear in the root, where the host's files look for it.
func (h *host) linkHome() error {
	link := filepath.Join(h.dir, "root", h.home)
	if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
		return err
	}
	if err := os.Remove(link); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.Symlink(h.volume, link)
}

// write puts the files of write_files into the root. What a tmpfs holds on a real host is empty after each boot.
func (h *host) write(context.Context) error {
	if err := os.RemoveAll(h.path("/run")); err != nil {
		return err
	}
	contents := map[string][]byte{}
	for _, f := range h.config.Files {
		if f.Append {
			f.Content = append(contents[f.Path], f.Content...)
		}
		contents[f.Path] = f.Content
		if err := h.put(f.Path, f.Content, f.Mode|0o200); err != nil {
			return err
		}
	}
	return nil
}

func (h *host) put(name string, content []byte, mode os.FileMode) error {
	to := h.path(name)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.WriteFile(to, content, mode); err != nil {
		return err
	}
	return os.Chmod(to, mode) // whatever the umask
}

// path returns where a path of the host is on this machine.
func (h *host) path(name string) string {
	name = path.Clean("/" + name)
	if h.volume != "" {
		if name == h.home {
			return h.volume
		}
		if rest, ok := strings.CutPrefix(name, h.home+"/"); ok {
			return filepath.Join(h.volume, rest)
		}
	}
	return filepath.Join(h.dir, "root", name)
}

// own are the folders that a host has for itself; other absolute paths are this machine's, such as /bin/sh.
var own = []string{"/etc/slipway", "/home", "/opt", "/run", "/srv", "/usr/local", "/var"}

// translate returns an environment as it means the same on this machine: absolute paths of the host's folders
// lead into its root.
func (h *host) translate(environment map[string]string) map[string]string {
	all := map[string]string{}
	for name, value := range environment {
		all[name] = h.located(value)
	}
	return all
}

func (h *host) located(value string) string {
	for _, folder := range own {
		if value == folder || strings.HasPrefix(value, folder+"/") {
			return h.path(value)
		}
	}
	return value
}
