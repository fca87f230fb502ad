package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"slipway/automation/cloud"
	"slipway/automation/diagnose"
	"slipway/automation/fault"
	"slipway/automation/release/ledger"
	"slipway/automation/ui"
	"slipway/infra/outputs"
)

// diagnosis is the result of diagnose.
type diagnosis struct {
	Environment string           `json:"environment"`
	Release     int              `json:"release,omitempty"` // whose report it is; 0 for what ECS shows now
	Outcome     string           `json:"outcome,omitempty"`
	Well        bool             `json:"well"`             // nothing is wrong now
	Report      *diagnose.Report `json:"report,omitempty"` // nil where nothing is and was wrong
}

func diagnoseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "diagnose ENVIRONMENT [NUMBER]", Short: "Say why an environment, or a release of it, does not work",
		Long: `Collects what ECS, the load balancer and the containers' logs say of an environment that does not work as it should, and
says the probable cause, what shows it, and what to type. Of an environment that works, and of a release by its
number, it shows what was collected when the release failed, which the ledger keeps longer than ECS does.`,
		Example: "  slipway diagnose dev\n  slipway diagnose prod 41 --json",
		Args:    arguments(1, 2, "the name of one environment and, if you like, the number of a release"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			session := From(cmd)
			session.looks.Store(true)
			d, book, number, err := session.releaseOf(cmd.Context(), args)
			if err != nil {
				return err
			}
			var found diagnosis
			if number > 0 {
				found, err = ofRelease(cmd, d, book, number)
			} else {
				found, err = d.diagnose(cmd.Context(), args[0], book)
			}
			if err != nil {
				return err
			}
			session.Answer("diagnose", fault.OK, found, func(out io.Writer) { printDiagnosis(out, found) })
			return nil
		},
	}
}

// ofRelease is the report that the ledger keeps of a release.
func ofRelease(cmd *cobra.Command, d *Deployer, book ledger.Ledger, number int) (diagnosis, error) {
	entry, err := find(cmd, d, book, number)
	if err != nil {
		return diagnosis{}, err
	}
	found, kept, err := kept(entry)
	if err == nil && !kept {
		err = &fault.Error{
			Op: "looking for the diagnosis of a release", Cause: fmt.Sprintf("release %d of %s, %s, has none: ECS was asked nothing", number, book.Environment, entry.Outcome),
			Next: fmt.Sprintf("slipway show %s %d", book.Environment, number), Code: fault.NotReady,
		}
	}
	return found, err
}

// kept is the report in an entry of the ledger, if it has one.
func kept(e ledger.Entry) (found diagnosis, ok bool, err error) {
	if len(e.Report) == 0 {
		return found, false, nil
	}
	found = diagnosis{Environment: e.Environment, Release: e.Number, Outcome: e.Outcome, Report: &diagnose.Report{}}
	if err := json.Unmarshal(e.Report, found.Report); err != nil {
		return found, false, fmt.Errorf("read the report of release %d of %s: %w", e.Number, e.Environment, err)
	}
	return found, true, nil
}

// diagnose looks at what ECS runs now. Where nothing is wrong it answers the report of the newest release, if that failed.
func (d *Deployer) diagnose(ctx context.Context, name string, book ledger.Ledger) (diagnosis, error) {
	e, err := d.existing(ctx, []string{name})
	if err != nil {
		return diagnosis{}, err
	}
	service, err := e.at.Service(ctx, e.text(outputs.Cluster), e.text(outputs.Service))
	if err != nil {
		return diagnosis{}, err
	}
	targets, err := e.at.Targets(ctx, e.text(outputs.TargetGroup))
	if err != nil {
		return diagnosis{}, err
	}
	if !wellNow(service, targets) {
		primary := service.Primary()
		report := diagnose.Collect(ctx, e.at, diagnose.Request{
			Environment: name, Cluster: e.text(outputs.Cluster), Service: e.text(outputs.Service), TaskDefinition: primary.TaskDefinition,
			Deployment: primary.ID, Since: primary.Created, LogGroup: e.text(outputs.LogGroup), TargetGroup: e.text(outputs.TargetGroup),
		})
		if report.Clear {
			return diagnosis{Environment: name, Report: &report}, nil
		}
		// it may be on its way back from a release that failed, of which the ledger knows more
		found, err := ofNewest(ctx, name, book)
		if found.Report == nil {
			found.Report = &report
		}
		return found, err
	}
	found, err := ofNewest(ctx, name, book)
	found.Well = err == nil
	return found, err
}

// ofNewest is the report that the ledger keeps of the newest release, if it has one.
func ofNewest(ctx context.Context, name string, book ledger.Ledger) (found diagnosis, err error) {
	newest, err := book.List(ctx, 1)
	if err == nil && len(newest) > 0 {
		found, _, err = kept(newest[0])
	}
	found.Environment = name
	return found, err
}

// wellNow says that a service has settled with as many tasks as it wants, and as many healthy targets.
func wellNow(s cloud.Service, targets []cloud.Target) bool {
	healthy := 0
	for _, t := range targets {
		if t.State == "healthy" {
			healthy++
		}
	}
	primary := s.Primary()
	return primary.RolloutState == "COMPLETED" && s.Running >= s.Desired && healthy >= s.Desired
}

func printDiagnosis(out io.Writer, d diagnosis) {
	if d.Well {
		_, _ = fmt.Fprintf(out, "%s works: its tasks run and are healthy\n", d.Environment)
	}
	if d.Report == nil {
		return
	}
	if d.Release > 0 {
		_, _ = fmt.Fprintf(out, "release %d, %s:\n", d.Release, d.Outcome)
	}
	for line := range strings.Lines(d.Report.String()) {
		_, _ = fmt.Fprintln(out, ui.Printable(strings.TrimSuffix(line, "\n")))
	}
}
