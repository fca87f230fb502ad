package jenkins

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	readyPoll    = 100 * time.Millisecond
	readyTimeout = 15 * time.Minute // when the caller has no deadline
	probeTimeout = 10 * time.Second
)

// Ready waits until the host's Jenkins answers and its worker says that it is ready. A host that cannot come up is
// an error at once; one that is not ready when ctx ends, or after 15 minutes, is an error with what it waits for.
func (s *Service) Ready(ctx context.Context, instanceID string) error {
	if _, found, err := s.instances.Get(instanceID); err != nil || !found {
		return errors.Join(err, fmt.Errorf("InvalidInstanceID.NotFound: The instance ID '%s' does not exist", instanceID))
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	ticker := s.options.Clock.NewTicker(readyPoll)
	defer ticker.Stop()
	for {
		final, err := s.probe(ctx, instanceID)
		if err == nil {
			return nil
		}
		if final {
			return fmt.Errorf("the Jenkins host %s does not come up: %w", instanceID, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the Jenkins host %s is not ready: %w", instanceID, err)
		case <-ticker.Chan():
		}
	}
}

// probe returns nil when the host is ready; otherwise why not, and whether waiting is in vain.
func (s *Service) probe(ctx context.Context, id string) (final bool, err error) {
	s.mu.Lock()
	h := s.hosts[id]
	s.mu.Unlock()
	if h == nil {
		return false, errors.New("it is switched off")
	}
	step, fault := h.state()
	if fault != nil {
		return true, fmt.Errorf("%s: %w", step, fault)
	}
	if step != "running" {
		return false, errors.New("it is still " + step)
	}
	for _, url := range []string{h.jenkins.login(), "http://" + h.worker.health + "/ready"} {
		if err := get(ctx, url); err != nil {
			return false, errors.Join(err, h.worker.fault())
		}
	}
	return false, nil
}

// login is the page that answers without a user, on the host's port for the worker.
func (s *server) login() string {
	return "http://" + net.JoinHostPort(s.address, strconv.Itoa(s.doors[0].port)) + "/login"
}

// get returns an error unless the URL answers 200.
func get(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	const mostShown = 1 << 10
	body, err := io.ReadAll(io.LimitReader(answer.Body, mostShown))
	if err != nil || answer.StatusCode == http.StatusOK {
		return err
	}
	return fmt.Errorf("%s answers %s: %s", url, answer.Status, strings.TrimSpace(string(body)))
}
