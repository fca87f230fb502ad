package gate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/cloud"
	"slipway/infra/config"
)

// Scanner answers what ECR's scan of an image came to so far.
type Scanner interface {
	Findings(ctx context.Context, repository, digest string) (cloud.Scan, error)
}

// ScanRule is what a scan of an image may find.
type ScanRule struct {
	// Max is the highest severity that is let through, config.SeverityAny or "none".
	Max string
	// Explicit says that the user chose Max: findings of which ECR does not say whether there is a fix count then too.
	Explicit bool
	// Accept are names of findings that a person lets through, for Reason.
	Accept []string
	Reason string
	// Limit is how long a scan that has not ended is waited for.
	Limit time.Duration
}

// defaultMax lets everything through but what is CRITICAL.
const defaultMax = "HIGH"

// RuleOf is the rule of an environment. The first one of a pipeline takes every commit; in those after it a finding that is
// CRITICAL and can be fixed is too much.
func RuleOf(g config.Gates, first bool) ScanRule {
	rule := ScanRule{Max: g.MaxSeverity, Explicit: g.MaxSeverity != "", Limit: g.ScanTimeout}
	if rule.Max == "" {
		rule.Max = defaultMax
		if first {
			rule.Max = config.SeverityAny
		}
	}
	return rule
}

// Scan lets an image through in which ECR found nothing of a higher severity than the rule's. An image that is not scanned
// is let through, and the verdict says that nobody looked: whether images are scanned is a setting of the registry.
func Scan(from Scanner, rule ScanRule, clock clockwork.Clock, tell func(string)) Ask {
	return func(ctx context.Context, r Release) (Verdict, error) {
		if rule.Max == config.SeverityAny {
			return skipped("findings of every severity are let through")
		}
		scan, err := await(ctx, from, r, rule.Limit, clock, tell)
		switch {
		case err != nil:
			return Verdict{}, err
		case !scan.Done:
			tell("the image is not scanned: " + scan.Status)
			return skipped("not scanned: " + scan.Status)
		}
		return rule.judge(r, scan)
	}
}

const scanPause = 2 * time.Second

// await looks until a scan has ended, for as long as the limit.
func await(ctx context.Context, from Scanner, r Release, limit time.Duration, clock clockwork.Clock, tell func(string)) (cloud.Scan, error) {
	until, told := clock.Now().Add(limit), false
	for {
		scan, err := from.Findings(ctx, r.Repository, r.Digest)
		if err != nil || !scan.Running {
			return scan, err
		}
		if !clock.Now().Before(until) {
			return scan, r.refuse(fmt.Sprintf("ECR has not scanned the image within %s: %s", left(limit), scan.Status),
				"the same command again; slipway:scanTimeout gives it longer, slipway:maxSeverity: any does without")
		}
		if !told {
			tell("waiting for ECR's scan of the image: " + scan.Status)
			told = true
		}
		select {
		case <-ctx.Done():
			return scan, ctx.Err()
		case <-clock.After(scanPause):
		}
	}
}

func (rule ScanRule) judge(r Release, scan cloud.Scan) (Verdict, error) {
	var refused, accepted []string
	unknown := 0
	for _, f := range rule.above(scan.Findings) {
		switch {
		case f.Fix == cloud.FixNo:
		case f.Fix == cloud.FixUnknown && !rule.Explicit:
			unknown++
		case slices.Contains(rule.Accept, f.Name):
			accepted = append(accepted, f.Name)
		default:
			refused = append(refused, f.String())
		}
	}
	switch {
	case len(refused) > 0:
		first, _, _ := strings.Cut(refused[0], " ")
		return Verdict{}, r.refuse(fmt.Sprintf("in the image, ECR found what is worse than %s and can be fixed: %d of it", rule.Max, len(refused)),
			fmt.Sprintf("update the package and release that, or let it through: --accept %s --reason 'why it does no harm here'", first), refused...)
	case len(accepted) > 0:
		return Verdict{Accepted: true, Who: r.Who, Why: rule.Reason + " (" + strings.Join(accepted, ", ") + ")"}, nil
	case unknown > 0:
		return passed("%d findings worse than %s, of which ECR does not say whether they can be fixed (slipway:maxSeverity makes them count)", unknown, rule.Max)
	}
	return passed("%d findings, none that is worse than %s and can be fixed", len(scan.Findings), rule.Max)
}

// above are the findings of a higher severity than the rule's, the worst first.
func (rule ScanRule) above(all []cloud.Finding) []cloud.Finding {
	var out []cloud.Finding
	for _, f := range all {
		if rank(f.Severity) > rank(rule.Max) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b cloud.Finding) int {
		return cmp.Or(cmp.Compare(rank(b.Severity), rank(a.Severity)), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// rank orders severities. "none" and what ECR has not rated (UNDEFINED, UNTRIAGED) come before all others.
func rank(severity string) int { return slices.Index(config.Severities, severity) }
