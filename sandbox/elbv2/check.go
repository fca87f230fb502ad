package elbv2

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"slipway/sandbox/guard"
)

// quick is how often an initial target is checked at most, whatever its interval.
const quick = 150 * time.Millisecond

// prober makes a new connection for every check, as a load balancer does, and follows no redirect.
var prober = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// startChecks begins to check a target. The caller holds the group's lock.
func (g *group) startChecks(t *target) {
	ctx, cancel := context.WithCancel(context.Background())
	t.stopChecks = cancel
	s := g.service
	t.health.begin(s.clock.Now(), s.scaled(g.record().checks().Interval))
	s.checks.Go(func() { guard.Again(ctx, s.clock, s.log, "checking a target", func() { g.check(ctx, t) }) })
}

// endChecks stops checking a target. The caller holds the group's lock.
func (g *group) endChecks(t *target) {
	if t.stopChecks != nil {
		t.stopChecks()
		t.stopChecks = nil
	}
}

// check checks one target until ctx ends.
func (g *group) check(ctx context.Context, t *target) {
	s := g.service
	for {
		rec := g.record()
		settings := rec.checks()
		began := s.clock.Now()
		r := g.probe(ctx, t, settings)
		if ctx.Err() != nil {
			return
		}
		interval := s.scaled(settings.Interval)
		wait := interval
		if g.observe(ctx, t, r, settings, interval) == Initial {
			wait = min(interval, quick)
		}
		select {
		case <-ctx.Done():
			return
		case <-s.clock.After(max(wait-s.clock.Since(began), time.Millisecond)):
		}
	}
}

func (g *group) observe(ctx context.Context, t *target, r result, check healthCheck, interval time.Duration) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if ctx.Err() != nil {
		return t.health.state
	}
	before := t.health.state
	t.health.observe(r, check, g.service.clock.Now(), interval)
	if now := t.health.state; now != before {
		g.service.log.Info("target changed state", "group", g.record().Name, "target", t.id,
			"address", t.address, "from", before, "to", now, "reason", t.health.description)
	}
	return t.health.state
}

// probe asks a target once. The timeout is the one of the settings, in real seconds; what a security group drops has
// timed out at once.
func (g *group) probe(ctx context.Context, t *target, check healthCheck) result {
	address, port := t.address, 0
	if check.Port != "traffic-port" {
		host, _, _ := net.SplitHostPort(address)
		address = net.JoinHostPort(host, check.Port)
		port, _ = strconv.Atoi(check.Port)
	}
	if g.dropped(t, port) != nil {
		return result{reason: timedOut}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(check.Timeout)*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+check.Path, nil)
	if err != nil {
		return result{reason: failedHealthChecks}
	}
	req.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	resp, err := prober.Do(req)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return result{reason: timedOut}
		}
		return result{reason: failedHealthChecks}
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if !(*g.matcher.Load()).match(resp.StatusCode) {
		return result{reason: responseCodeMismatch, code: resp.StatusCode}
	}
	return result{}
}
