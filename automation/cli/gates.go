package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"

	"slipway/automation/cloud"
	"slipway/automation/fault"
	"slipway/automation/release"
	"slipway/automation/release/gate"
	"slipway/automation/release/ledger"
	"slipway/automation/ui"
	"slipway/infra/config"
)

// exception is what a person lets through, and why.
type exception struct {
	force  bool
	accept []string
	reason string
}

func (e *exception) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&e.force, "force", false, "let through what hold, slipway:windows, slipway:soak and the proof of FROM would refuse; needs --reason")
	cmd.Flags().StringSliceVar(&e.accept, "accept", nil, "a finding of the image's scan that is let through, by its name; needs --reason")
	cmd.Flags().StringVar(&e.reason, "reason", "", "why, for the ledger")
}

func (e exception) check(cmd *cobra.Command) error {
	if (e.force || len(e.accept) > 0) && e.reason == "" {
		return &fault.Error{
			Op: "reading the flags", Cause: "--force and --accept need --reason: the ledger keeps who let through what, and why", Next: cmd.CommandPath() + " --help", Code: fault.BadInput,
		}
	}
	return nil
}

// pipelineWait is how long a promotion of the pipeline waits for a window or the end of a soak before it fails: it keeps the
// only executor of Jenkins and its stage meanwhile. CodePipeline ends other actions than its own after an hour (AWS
// CodePipeline user guide, "Quotas in AWS CodePipeline", November 2026), and the rollout needs its time too.
const pipelineWait = 10 * time.Minute

// guarding is a release that is going to be asked about.
type guarding struct {
	*Deployer
	config *config.Config
	from   *release.Release // what a promotion takes; nil for a deploy
	first  bool             // the environment takes every commit of the pipeline
	at     *cloud.Cloud
	clock  clockwork.Clock
}

// guard gives a release the gates of its environment.
func (d *Deployer) guard(o *release.Options, c *config.Config, from *release.Release) error {
	place, err := d.stage(o.Environment, c)
	if err != nil {
		return err
	}
	at, known := o.Cloud.(*cloud.Cloud)
	if !known {
		return errors.New("gates need AWS")
	}
	g := guarding{Deployer: d, config: c, from: from, first: place.first, at: at, clock: clockwork.NewRealClock()}
	o.Reason = d.Exception.reason
	o.Before, o.After = append(o.Before, g.before()...), append(o.After, g.after()...)
	return nil
}

// before are the gates in the order in which a release meets them: what costs nothing goes first, and what changes something
// (the user's own task) last.
func (g guarding) before() []release.Gate {
	rules := g.config.Gates
	gates := []release.Gate{{Name: "hold", Ask: g.held}}
	if len(rules.Windows) > 0 {
		gates = append(gates, g.timed("windows", gate.Windows(rules.Windows, g.clock)))
	}
	if rules.Soak > 0 && g.from != nil {
		soaked := gate.Soaked{Environment: g.from.Environment, Number: g.from.Number, Since: g.from.Ended}
		gates = append(gates, g.timed("soak", gate.Soak(rules.Soak, soaked, g.clock)))
	}
	rule := gate.RuleOf(rules, g.first)
	rule.Accept, rule.Reason = g.Exception.accept, g.Exception.reason
	gates = append(gates, release.AsGate("scan", gate.Scan(g.at, rule, g.clock, g.tell)))
	if len(rules.Before) > 0 {
		gates = append(gates, release.Gate{Name: "before", Ask: g.task})
	}
	return gates
}

// timed is a gate that opens by itself: the pipeline waits for a while, and a person may force it.
func (g guarding) timed(name string, ask gate.Ask) release.Gate {
	if g.Execution != "" {
		ask = gate.Waiting(ask, pipelineWait, g.clock, g.tell)
	}
	return release.AsGate(name, g.forced(ask))
}

func (g guarding) forced(ask gate.Ask) gate.Ask {
	if g.Exception.force {
		return gate.Forced(ask, g.Exception.reason)
	}
	return ask
}

func (g guarding) tell(text string) { g.Sink.Event(ui.Note{Text: text}) }

func (g guarding) held(ctx context.Context, at release.Crossing) (release.Verdict, error) {
	hold := gate.Hold(func(ctx context.Context) (string, string, bool, error) { return g.heldBy(ctx, at.Site.Ledger) })
	return release.AsGate("hold", g.forced(hold)).Ask(ctx, at)
}

func (g guarding) task(ctx context.Context, at release.Crossing) (release.Verdict, error) {
	before := gate.Before{
		From: g.at, Cluster: at.Site.Before.Cluster, Service: at.Site.Before.Service, Container: config.AppContainer,
		Command: g.config.Gates.Before, Limit: g.config.Gates.BeforeTimeout, Sink: g.Sink, Clock: g.clock,
	}
	return release.AsGate("before", before.Ask).Ask(ctx, at)
}

// after are the user's own checks of what is live.
func (g guarding) after() []release.Gate {
	rules := g.config.Gates
	var gates []release.Gate
	if len(rules.Smoke) > 0 {
		gates = append(gates, release.Gate{Name: "smoke", Ask: func(ctx context.Context, at release.Crossing) (release.Verdict, error) {
			return release.AsGate("smoke", gate.Smoke(rules.Smoke, release.Client(at.Site.Before))).Ask(ctx, at)
		}})
	}
	if len(rules.VerifyCommand) > 0 {
		gates = append(gates, release.AsGate("verifyCommand", g.command()))
	}
	return gates
}

// command runs the user's program, but for a promotion of the pipeline: that runs nothing of the commit.
func (g guarding) command() gate.Ask {
	if g.Execution != "" && g.from != nil {
		return func(context.Context, gate.Release) (gate.Verdict, error) {
			return gate.Verdict{Skipped: true, Why: "a promotion of the pipeline runs no program of the commit"}, nil
		}
	}
	return gate.Command{
		Line: g.config.Gates.VerifyCommand, Dir: g.Project.Root, Limit: g.config.Gates.VerifyTimeout,
		Print: func(line string) { g.tell("verifyCommand: " + line) },
	}.Ask
}

// stage is where an environment is in the pipeline of its delivery stack.
type stage struct {
	first    bool // it takes every commit
	approved bool // a person agrees before a promotion to it
}

// stage reads nothing else of the delivery stack's file: what is wrong with the rest of it is no matter of a release.
func (d *Deployer) stage(environment string, c *config.Config) (stage, error) {
	delivery, err := d.deliveryOf(environment, c.DeliveryStack)
	if err != nil {
		return stage{}, err
	}
	raw := map[string]string{"kind": config.KindEnvironment, "deliveryStack": delivery}
	if d.Project.HasStackFile(delivery) {
		own, err := d.own(delivery)
		if err != nil {
			return stage{}, err
		}
		for _, key := range []string{"environments", "approvals"} {
			if value, given := own[key]; given {
				raw[key] = value
			}
		}
	}
	pipeline, err := config.Parse(raw)
	if err != nil {
		return stage{}, err
	}
	return stage{first: pipeline.Environments[0] == environment, approved: slices.Contains(pipeline.Approvals, environment)}, nil
}

// confirm asks before a deploy to an environment that wants it, as slipway:confirm says, or an approval before it.
func (d *Deployer) confirm(s *Session, environment string, yes bool) error {
	c, err := d.environment(environment)
	if err != nil || yes || d.Execution != "" || c.Gates.Confirm == config.ConfirmNever {
		return err
	}
	why := "slipway:confirm is true"
	if c.Gates.Confirm == "" {
		place, err := d.stage(environment, c)
		if err != nil || !place.approved {
			return err
		}
		why = "the pipeline asks for an approval before it"
	}
	op := "deploying to " + environment
	if !s.interactive() {
		return &fault.Error{
			Op: op, Cause: fmt.Sprintf("it is not released to without a question (%s), and nobody can be asked here: this is no terminal", why),
			Next: "run the same command with --yes", Code: fault.BadInput,
		}
	}
	answer, err := s.ask(fmt.Sprintf("Release %s to %s, past the environments before it? %s. [y/N] ", orDefault(d.Commit, "HEAD"), environment, why))
	if err == nil && !agreed(answer) {
		err = declined(op)
	}
	return err
}

// proven is the release of FROM that a promotion takes, with the gate that says so. With --force it is one that FROM has
// not proved.
func (d *Deployer) proven(ctx context.Context, from string, upstream release.Outputs, book ledger.Ledger, at release.Standing) (release.Release, release.Gate, error) {
	found, err := release.Proven(ctx, from, d.Commit, upstream, book, at)
	verdict := release.Verdict{Why: fmt.Sprintf("release %d of %s proved it", found.Number, from)}
	var unproven *fault.Error
	if errors.As(err, &unproven) && unproven.Code == fault.NotReady && d.Exception.force {
		taken, there, scanned := release.Newest(ctx, book, d.Commit)
		if scanned != nil || !there {
			return found, release.Gate{}, errors.Join(err, scanned)
		}
		found, err = taken, nil
		verdict = release.Verdict{Accepted: true, Why: d.Exception.reason + " (" + unproven.Cause + ")"}
	}
	return found, release.Gate{Name: "proof", Ask: func(_ context.Context, at release.Crossing) (release.Verdict, error) {
		if verdict.Accepted {
			verdict.Who = at.Site.Who.ARN
		}
		return verdict, nil
	}}, err
}
