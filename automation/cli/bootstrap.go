package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"slipway/automation/bootstrap"
	"slipway/automation/cloud"
	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/automation/ui"
)

// stateCost is what bucket and key cost, from the prices of KMS and S3 (aws.amazon.com/kms/pricing, November 2026).
const stateCost = "about $1 a month for the key (us-east-1 prices read in 2026-11), and cents for the objects"

// bootstrapping are the flags of bootstrap.
type bootstrapping struct {
	bucket, alias       string
	dryRun, policy, yes bool
}

func bootstrapCommand() *cobra.Command {
	var b bootstrapping
	cmd := &cobra.Command{
		Use: "bootstrap", Short: "Create the bucket and the key for Pulumi's state, once for an account and region",
		Long: "Creates a KMS key and a bucket for Pulumi's state: versioned, encrypted with the key, TLS only, not public. Writes\n" +
			"both into Pulumi.yaml, where every command finds them. A second run changes only what differs.",
		Example: "  slipway bootstrap --dry-run\n  slipway bootstrap --policy > policy.json",
		Args:    arguments(0, 0, "no argument"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return b.run(cmd) },
	}
	cmd.Flags().StringVar(&b.bucket, "bucket", "", "name of the bucket (default: slipway-state-ACCOUNT-REGION)")
	cmd.Flags().StringVar(&b.alias, "alias", "alias/slipway-state", "alias of the key")
	cmd.Flags().BoolVar(&b.dryRun, "dry-run", false, "say what would be created or changed, and change nothing")
	cmd.Flags().BoolVar(&b.policy, "policy", false, "print only the IAM policy of a person who runs up, deploy and destroy")
	cmd.Flags().BoolVarP(&b.yes, "yes", "y", false, "do not ask")
	return cmd
}

// prepared is what bootstrap answers.
type prepared struct {
	bootstrap.Result
	Applied         bool            `json:"applied"`
	Backend         string          `json:"backend"`
	SecretsProvider string          `json:"secretsProvider,omitempty"`
	File            []string        `json:"file"` // keys of Pulumi.yaml that were written, or would be
	Policy          json.RawMessage `json:"policy"`
}

func (b *bootstrapping) run(cmd *cobra.Command) error {
	session := From(cmd)
	if err := b.check(); err != nil {
		return err
	}
	if !b.yes && !b.dryRun && !b.policy && !session.interactive() {
		return noYes("creating the state bucket and its key")
	}
	p, err := session.Project()
	if err != nil {
		return err
	}
	options, err := b.options(cmd.Context())
	if err != nil {
		return err
	}
	found, err := b.look(cmd.Context(), p, options)
	if err != nil {
		return err
	}
	if b.dryRun || b.policy || len(found.Changes)+len(found.File) == 0 {
		b.answer(session, found)
		return nil
	}
	if !b.yes {
		session.quiet()
		printPrepared(session.Talk, found)
		answer, err := session.ask("Create this? [y/N] ")
		if err != nil {
			return err
		}
		if !agreed(answer) {
			return declined("creating the state bucket and its key")
		}
	}
	return b.apply(cmd.Context(), session, p, options, found)
}

var (
	// bucketName follows the Amazon S3 user guide, "General purpose bucket naming rules", November 2026; dots would break TLS.
	bucketName = regexp.MustCompile(`\A[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\z`)
	aliasName  = regexp.MustCompile(`\Aalias/[A-Za-z0-9/_-]{1,250}\z`)
)

func (b *bootstrapping) check() error {
	bad := func(flag, value, allowed string) error {
		return &fault.Error{Op: "reading the flags", Cause: fmt.Sprintf("--%s %q: %s", flag, value, allowed), Next: "slipway bootstrap --help", Code: fault.BadInput}
	}
	if b.bucket != "" && !bucketName.MatchString(b.bucket) {
		return bad("bucket", b.bucket, "3 to 63 lower-case letters, digits and hyphens")
	}
	if !aliasName.MatchString(b.alias) || strings.HasPrefix(b.alias, "alias/aws/") {
		return bad("alias", b.alias, "alias/ and 1 to 250 letters, digits, slashes, underscores and hyphens, not alias/aws/…")
	}
	return nil
}

func (b *bootstrapping) options(ctx context.Context) (bootstrap.Options, error) {
	at, err := cloud.New(ctx, cloud.Place{})
	if err != nil {
		return bootstrap.Options{}, err
	}
	who, err := at.Identity(ctx)
	if err != nil {
		return bootstrap.Options{}, err
	}
	settings, err := cloud.Settings(ctx, cloud.Place{})
	if err != nil {
		return bootstrap.Options{}, err
	}
	bucket := b.bucket
	if bucket == "" {
		bucket = "slipway-state-" + who.Account + "-" + who.Region
	}
	return bootstrap.Options{AWS: settings, Account: who.Account, Bucket: bucket, Alias: b.alias}, nil
}

// look finds what is missing, on AWS and in Pulumi.yaml, before anything is changed.
func (b *bootstrapping) look(ctx context.Context, p *project.Project, o bootstrap.Options) (prepared, error) {
	result, err := bootstrap.Look(ctx, o)
	if err != nil {
		return prepared{}, err
	}
	found, err := described(p, o, result)
	if err != nil {
		return found, err
	}
	found.File, err = p.Lacks(found.state())
	return found, b.otherState(err)
}

func described(p *project.Project, o bootstrap.Options, r bootstrap.Result) (prepared, error) {
	app, err := appOf(p)
	if err != nil {
		return prepared{}, err
	}
	policy, err := bootstrap.Policy(r, o.Account, app)
	return prepared{Result: r, Backend: r.Backend(), SecretsProvider: r.SecretsProvider(), File: []string{}, Policy: policy}, err
}

// state is what Pulumi.yaml has to hold; of a key that does not exist yet the address is unknown.
func (p prepared) state() []project.Value {
	values := project.State(p.Backend, p.SecretsProvider)
	if p.SecretsProvider == "" {
		return values[:1]
	}
	return values
}

func (b *bootstrapping) otherState(err error) error {
	var other *project.OtherValue
	if !errors.As(err, &other) {
		return err
	}
	return &fault.Error{
		Op: "looking at Pulumi.yaml", Cause: other.Error(), Code: fault.BadInput, Err: err,
		Next: "state does not move by itself: give that bucket or key with --bucket and --alias, or remove the line and move each stack with pulumi stack export and import",
	}
}

func (b *bootstrapping) apply(ctx context.Context, s *Session, p *project.Project, o bootstrap.Options, found prepared) error {
	result, err := bootstrap.Apply(ctx, o, func(c bootstrap.Change) {
		s.Sink().Event(ui.Note{Text: c.Part + ": " + c.What})
	})
	if err != nil {
		return err
	}
	made, err := described(p, o, result)
	if err != nil {
		return err
	}
	made.Applied = true
	if made.File, err = p.Lacks(made.state()); err != nil {
		return b.otherState(err)
	}
	if _, err := p.Remember(made.state()); err != nil {
		return b.otherState(err)
	}
	b.answer(s, made)
	return nil
}

func (b *bootstrapping) answer(s *Session, found prepared) {
	if given := os.Getenv(project.BackendVariable); given != "" && given != found.Backend {
		s.Sink().Event(ui.Warning{Text: project.BackendVariable + " is set and goes before Pulumi.yaml: " + given})
	}
	s.Answer("bootstrap", fault.OK, found, func(out io.Writer) {
		if b.policy {
			_, _ = fmt.Fprintln(out, string(found.Policy))
			return
		}
		if !found.Applied { // each change was said as it was made
			printPrepared(s.Talk, found)
		}
		_, _ = fmt.Fprintf(out, "backend           %s\n", found.Backend)
		if found.SecretsProvider != "" {
			_, _ = fmt.Fprintf(out, "secrets provider  %s\n", found.SecretsProvider)
		}
		_, _ = fmt.Fprintln(s.Talk, "the IAM policy of a person who runs up, deploy and destroy: slipway bootstrap --policy")
	})
}

func printPrepared(out io.Writer, found prepared) {
	if len(found.Changes)+len(found.File) == 0 {
		_, _ = fmt.Fprintln(out, "nothing to change: bucket, key and Pulumi.yaml are as they have to be")
		return
	}
	for _, c := range found.Changes {
		_, _ = fmt.Fprintf(out, "  %-14s %s\n", c.Part, c.What)
	}
	for _, key := range found.File {
		_, _ = fmt.Fprintf(out, "  %-14s %s\n", "Pulumi.yaml", key)
	}
	_, _ = fmt.Fprintln(out, "costs "+stateCost)
}

// appOf is the name that the resources of the project begin with.
func appOf(p *project.Project) (string, error) {
	values, err := p.StackConfig("delivery")
	if app := values[project.Key("appName")]; app != "" {
		return app, err
	}
	return p.Name, err
}
