package jenkins

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"slipway/sandbox/jenkins/controller"
	"slipway/sandbox/local"
)

// server is Jenkins on the ports and addresses of its host.
type server struct {
	controller *controller.Controller
	http       *http.Server
	doors      []door
	address    string // of the host
	open       map[string]net.Listener
}

// door is a port that the unit opens.
type door struct {
	port   int
	secure bool
	local  bool // on 127.0.0.1 of the host alone
}

// pinned is how a script names the version of Jenkins that it installs.
var pinned = regexp.MustCompile(`jenkins-(\d+(?:\.\d+)+)|version=(\d+(?:\.\d+)+)[\s\S]*jenkins-\$\{?version`)

// version is the Jenkins that the user data installs on a real host, "unknown" when it does not say.
func (h *host) version() string {
	texts := []string{h.config.Text}
	for _, f := range h.config.Files {
		texts = append(texts, string(f.Content))
	}
	for _, text := range texts {
		if m := pinned.FindStringSubmatch(text); m != nil {
			return m[1] + m[2]
		}
	}
	return "unknown"
}

// startJenkins opens Jenkins as the unit says.
func (h *host) startJenkins(context.Context) error {
	doors, err := h.doors()
	if err != nil {
		return err
	}
	settings, err := h.settings()
	if err != nil {
		return err
	}
	variables := h.translate(h.environ)
	if folder := variables["TMPDIR"]; folder != "" {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	c, err := controller.Open(controller.Config{
		Home: h.path(h.home), Settings: settings, Version: h.version(), Variables: variables, Env: h.network(),
		Path: h.searchPath(), Umask: h.unit.Umask, StopGrace: h.options.StopGrace, MaxBuild: h.options.MaxBuild, Clock: h.options.Clock, Log: h.options.Log,
	})
	if err != nil {
		return err
	}
	s := &server{controller: c, doors: doors, address: h.Address, open: map[string]net.Listener{}, http: &http.Server{
		Handler: local.Hosts(c.Handler()), ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0), // browsers that refuse the certificate
	}}
	if err := s.listen(h); err != nil {
		s.close()
		return err
	}
	h.jenkins = s
	return nil
}

// settings reads Configuration as Code where CASC_JENKINS_CONFIG says.
func (h *host) settings() (controller.Settings, error) {
	name := h.environ["CASC_JENKINS_CONFIG"]
	if name == "" {
		name = h.home + "/jenkins.yaml"
	}
	content, err := os.ReadFile(h.path(name))
	if err != nil {
		return controller.Settings{}, fmt.Errorf("reading Configuration as Code: %w", err)
	}
	return controller.ParseSettings(content, controller.Sources{
		Variables: h.environ, ReadFile: func(name string) ([]byte, error) { return os.ReadFile(h.path(name)) },
	})
}

// doors reads the ports from the unit's variables.
func (h *host) doors() ([]door, error) {
	if prefix := h.environ["JENKINS_PREFIX"]; prefix != "" && prefix != "/" {
		return nil, fmt.Errorf("JENKINS_PREFIX %q is not supported here", prefix)
	}
	var all []door
	for _, d := range []struct {
		port, address, otherwise string
		secure                   bool
	}{
		{"JENKINS_PORT", "JENKINS_LISTEN_ADDRESS", "8080", false},
		{"JENKINS_HTTPS_PORT", "JENKINS_HTTPS_LISTEN_ADDRESS", "-1", true},
	} {
		text := h.environ[d.port]
		if text == "" {
			text = d.otherwise
		}
		port, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("%s is %q, not a port", d.port, text)
		}
		if port == -1 {
			continue
		}
		switch address := h.environ[d.address]; address {
		case "", "0.0.0.0", "::", "127.0.0.1", "localhost":
			all = append(all, door{port, d.secure, address == "127.0.0.1" || address == "localhost"})
		default:
			return nil, fmt.Errorf("%s is %q: only 127.0.0.1 and all addresses are supported here", d.address, address)
		}
	}
	if len(all) == 0 || all[0].secure {
		return nil, errors.New("JENKINS_PORT is -1: the worker speaks to Jenkins on it")
	}
	return all, nil
}

// listen opens what is not open yet on the addresses that the host has now, and closes the others.
func (s *server) listen(h *host) error {
	public, err := h.publicAddresses(h.ID)
	if err != nil {
		return err
	}
	certificate, err := h.certificate(append([]string{s.address, h.needs["JENKINS_PUBLIC_ADDRESS"]}, public...))
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, d := range s.doors {
		addresses := []string{s.address}
		if !d.local {
			addresses = append(addresses, public...)
		}
		for _, address := range addresses {
			at := net.JoinHostPort(address, strconv.Itoa(d.port))
			wanted[at] = true
			if err := s.openDoor(at, d, certificate, h.options.Log); err != nil {
				return err
			}
		}
	}
	for at, l := range s.open {
		if !wanted[at] {
			_ = l.Close()
			delete(s.open, at)
		}
	}
	return nil
}

func (s *server) openDoor(at string, d door, certificate tls.Certificate, log *slog.Logger) error {
	if s.open[at] != nil {
		return nil
	}
	l, err := local.Listen(at, log)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is taken by another process, which may listen on all addresses of this machine: end it, or let it listen on 127.0.0.1 alone", at)
	}
	if err != nil {
		return err
	}
	s.open[at] = l
	if d.secure {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12})
	}
	go func() { _ = s.http.Serve(l) }() // ends when the listener is closed
	return nil
}

// close ends every connection.
func (s *server) close() {
	for _, l := range s.open {
		_ = l.Close()
	}
	_ = s.http.Close()
}
