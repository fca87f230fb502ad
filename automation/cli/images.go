package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/prune"
	"slipway/automation/ui"
	"slipway/images"
	"slipway/infra/config"
	"slipway/infra/outputs"
)

// defaultKeep is how many proved releases of an environment keep their image.
const defaultKeep = 10

func imagesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "images", Short: "The images of the registry", Args: unknown,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(pruneCommand())
	return cmd
}

func pruneCommand() *cobra.Command {
	var keep int
	var dry, yes bool
	var delivery string
	cmd := &cobra.Command{
		Use: "prune", Short: "Delete images that no environment runs and none may return to",
		Long: `Keeps, for every environment that has a ledger in delivery's bucket, what it runs, its newest proved releases, and all
that a release in progress needs; further what was pushed within a day, and images that slipway did not build.
Shows the others, asks, and deletes them. An environment that cannot be read keeps every image.`,
		Example: "  slipway images prune --dry-run\n  slipway images prune --keep 20 --yes",
		Args:    arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if keep < 1 {
				return &fault.Error{Op: "reading the flags", Cause: fmt.Sprintf("--keep must be 1 or more, not %d", keep), Next: "slipway images prune --help", Code: fault.BadInput}
			}
			d, err := From(cmd).Deployer()
			if err != nil {
				return err
			}
			return d.prune(cmd.Context(), From(cmd), delivery, keep, dry, yes)
		},
	}
	cmd.Flags().IntVar(&keep, "keep", defaultKeep, "how many proved releases of each environment keep their image, or more by its slipway:keepImages")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only show what would be deleted")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	cmd.Flags().StringVar(&delivery, "delivery", "delivery", "the stack with the registry")
	return cmd
}

// pruning is what is there, and where.
type pruning struct {
	at         *cloud.Cloud
	repository string
	images     []prune.Image
}

func (d *Deployer) prune(ctx context.Context, s *Session, delivery string, keep int, dry, yes bool) error {
	p, err := d.unneeded(ctx, delivery, keep)
	if err != nil {
		return err
	}
	gone := prune.Unneeded(p.images)
	if !dry && !yes && len(gone) > 0 {
		if !s.interactive() {
			return noYes("deleting images")
		}
		s.quiet()
		printImages(s.Talk, p.images)
		answer, err := s.ask(fmt.Sprintf("Delete %d of %d images? [y/N] ", len(gone), len(p.images)))
		if err == nil && !agreed(answer) {
			err = declined("deleting images")
		}
		if err != nil {
			return err
		}
	}
	if !dry {
		if err := prune.Delete(ctx, p.at, p.repository, gone); err != nil {
			return err
		}
	}
	s.Answer("images prune", fault.OK, map[string]any{"repository": p.repository, "images": p.images, "deleted": !dry}, func(out io.Writer) {
		printImages(out, p.images)
		verb := "deleted"
		if dry {
			verb = "would be deleted"
		}
		_, _ = fmt.Fprintf(out, "%d of %d images %s\n", len(gone), len(p.images), verb)
	})
	return nil
}

// unneeded reads the registry of a delivery stack, and all that its environments need of it.
func (d *Deployer) unneeded(ctx context.Context, delivery string, keep int) (pruning, error) {
	known, err := d.outputs(ctx, delivery)
	if err != nil {
		return pruning{}, err
	}
	repository, _ := known[outputs.RepositoryName].(string)
	bucket, _ := known[outputs.ArtifactBucket].(string)
	if repository == "" || bucket == "" {
		return pruning{}, &fault.Error{Op: "looking for images", Cause: "the stack " + delivery + " has no registry yet", Next: "slipway up " + delivery, Code: fault.NotReady}
	}
	at, err := d.cloud(ctx, delivery)
	if err != nil {
		return pruning{}, err
	}
	all, err := d.needing(ctx, delivery, bucket, keep)
	if err != nil {
		return pruning{}, err
	}
	found, err := prune.Find(ctx, at, repository, all, time.Now())
	return pruning{at, repository, found}, err
}

// needing are the environments whose releases are in a bucket, of this project or of another one.
func (d *Deployer) needing(ctx context.Context, delivery, bucket string, keep int) ([]prune.Environment, error) {
	objects, err := d.objects(ctx, delivery)
	if err != nil {
		return nil, err
	}
	book := d.book(objects, bucket, "")
	names, err := book.Environments(ctx)
	if err != nil {
		return nil, err
	}
	var all []prune.Environment
	for _, name := range names {
		e := prune.Environment{Name: name, Keep: keep, Ledger: d.book(objects, bucket, name)}
		if d.Project.HasStackFile(name) {
			settings, err := d.environment(name)
			if err != nil {
				return nil, err
			}
			e.Keep = max(keep, settings.Gates.KeepImages)
			e.Runs, e.Unknown = d.running(ctx, name)
		}
		all = append(all, e)
	}
	return all, nil
}

// running are the digests that an environment's stack has, and that its tasks run.
func (d *Deployer) running(ctx context.Context, name string) (map[string]string, error) {
	known, err := d.outputs(ctx, name)
	if err != nil {
		return nil, err
	}
	text := func(output string) string { value, _ := known[output].(string); return value }
	runs := map[string]string{}
	if _, digest, found := strings.Cut(text(outputs.Image), "@"); found {
		runs[digest] = "the stack " + name + " has it"
	}
	if text(outputs.Service) == "" {
		return runs, nil
	}
	at, err := d.cloud(ctx, name)
	if err != nil {
		return nil, err
	}
	tasks, err := at.Tasks(ctx, text(outputs.Cluster), text(outputs.Service), false)
	for _, task := range tasks {
		for _, c := range task.Containers {
			runs[c.Digest] = "a task of " + name + " runs it"
		}
	}
	return runs, err
}

// outputs are those of a stack's last update; none for a stack that does not exist.
func (d *Deployer) outputs(ctx context.Context, name string) (map[string]any, error) {
	s, err := engine.Open(ctx, engine.Options{Project: d.Project, Name: name, Sink: d.Sink, Timeout: d.Timeout, Existing: true, Hide: d.Hide})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	known, err := s.Outputs(ctx)
	if errors.Is(err, engine.ErrNotFound) {
		return nil, nil
	}
	return known, err
}

// pruneAfter deletes what is not needed any more once a release has ended, where slipway:keepImages asks for it. What goes
// wrong is a warning: the release is live.
func (d *Deployer) pruneAfter(ctx context.Context, c *config.Config) {
	delivery, err := d.deliveryOf("", c.DeliveryStack)
	var p pruning
	if err == nil {
		p, err = d.unneeded(ctx, delivery, c.Gates.KeepImages)
	}
	gone := prune.Unneeded(p.images)
	if err == nil && len(gone) > 0 {
		err = prune.Delete(ctx, p.at, p.repository, gone)
	}
	switch {
	case err != nil:
		d.Sink.Event(ui.Warning{Text: "images that are not needed any more could not be deleted: " + err.Error()})
	case len(gone) > 0:
		d.Sink.Event(ui.Note{Text: fmt.Sprintf("%d images deleted that nothing needs any more (slipway:keepImages)", len(gone))})
	}
}

func printImages(out io.Writer, all []prune.Image) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "PUSHED\tDIGEST\tCOMMITS\tMB\t")
	for _, i := range all {
		kept := "goes"
		if i.Kept != "" {
			kept = "stays: " + i.Kept
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%.0f\t%s\n", clock(i.Pushed), i.Digest[:min(len(i.Digest), 19)], commits(i.Tags), float64(i.Bytes)/1e6, kept)
	}
	_ = table.Flush()
}

// commits are the tags that are no source's.
func commits(tags []string) string {
	var out []string
	for _, tag := range tags {
		if !strings.HasPrefix(tag, images.SourceTag) {
			out = append(out, short(tag))
		}
	}
	return strings.Join(out, " ")
}
