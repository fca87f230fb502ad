// Package dockerhost finds the Docker engine that the docker CLI would use: that of DOCKER_HOST, of DOCKER_CONTEXT, or of
// the context that `docker context use` chose.
package dockerhost

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"slipway/automation/fault"
)

// Variables of the docker CLI.
const (
	hostVariable    = "DOCKER_HOST"
	contextVariable = "DOCKER_CONTEXT"
	configVariable  = "DOCKER_CONFIG"
	verifyVariable  = "DOCKER_TLS_VERIFY"
	certsVariable   = "DOCKER_CERT_PATH"
)

// Adopt writes where the chosen context leads into DOCKER_HOST and its TLS variables, which every client of the engine
// reads, also in the programs that are started from here. As for the docker CLI, DOCKER_HOST goes before every context
// (docs.docker.com/engine/manage-resources/contexts, 2026-11).
func Adopt() error {
	if os.Getenv(hostVariable) != "" {
		return nil
	}
	folder, err := configFolder()
	if err != nil {
		return nil // without a home there is no context
	}
	name, from, err := chosen(folder)
	if err != nil || name == "" || name == "default" {
		return err
	}
	found, err := read(folder, name)
	if err != nil {
		return &fault.Error{
			Op: "finding the Docker engine", Cause: fmt.Sprintf("%s names the Docker context %q: %v", from, name, err), Code: fault.NotReady, Err: err,
			Next: "docker context ls, then docker context use NAME; or export DOCKER_HOST",
		}
	}
	return found.set()
}

func configFolder() (string, error) {
	if folder := os.Getenv(configVariable); folder != "" {
		return folder, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".docker"), err
}

// chosen is the context's name, and what names it.
func chosen(folder string) (name, from string, err error) {
	if name := os.Getenv(contextVariable); name != "" {
		return name, contextVariable, nil
	}
	file := filepath.Join(folder, "config.json")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	var config struct {
		Current string `json:"currentContext"`
	}
	if err == nil {
		err = json.Unmarshal(text, &config)
	}
	if err != nil {
		return "", "", &fault.Error{Op: "finding the Docker engine", Cause: fmt.Sprintf("reading %s: %v", file, err), Next: "docker context ls", Code: fault.NotReady, Err: err}
	}
	return config.Current, file, nil
}

// engine is where a context leads.
type engine struct {
	host     string
	insecure bool
	certs    string // folder of ca.pem, cert.pem and key.pem; empty without TLS
}

// read finds a context in the docker CLI's store: contexts/meta/ID/meta.json and contexts/tls/ID/docker, where the ID is
// the SHA-256 of the name (github.com/docker/cli, cli/context/store).
func read(folder, name string) (engine, error) {
	id := fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
	text, err := os.ReadFile(filepath.Join(folder, "contexts", "meta", id, "meta.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return engine{}, errors.New("there is no such context")
	}
	if err != nil {
		return engine{}, err
	}
	var meta struct {
		Endpoints map[string]struct {
			Host          string
			SkipTLSVerify bool
		}
	}
	if err := json.Unmarshal(text, &meta); err != nil {
		return engine{}, fmt.Errorf("reading its meta.json: %w", err)
	}
	docker := meta.Endpoints["docker"]
	e := engine{host: docker.Host, insecure: docker.SkipTLSVerify}
	switch certs := filepath.Join(folder, "contexts", "tls", id, "docker"); {
	case e.host == "":
		return e, errors.New("it has no engine")
	case strings.HasPrefix(e.host, "ssh://"):
		return e, errors.New("it reaches its engine through ssh, and Pulumi's docker provider and the sandbox need a socket: " +
			"forward one (ssh -L /tmp/docker.sock:/var/run/docker.sock HOST) and set DOCKER_HOST=unix:///tmp/docker.sock")
	case exists(certs):
		e.certs = certs
	}
	return e, nil
}

func (e engine) set() error {
	err := os.Setenv(hostVariable, e.host)
	if e.certs == "" {
		return err
	}
	verify := "1"
	if e.insecure {
		verify = ""
	}
	return errors.Join(err, os.Setenv(certsVariable, e.certs), os.Setenv(verifyVariable, verify))
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
