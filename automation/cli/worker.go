package cli

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/worker"
)

func workerCommand() *cobra.Command {
	return &cobra.Command{
		Use: "worker", Short: "Take the pipeline's jobs and run them in Jenkins",
		Long: `Runs on the Jenkins host, as a service. It polls CodePipeline for jobs of the pipeline's custom action,
fetches their source, starts a build of one Jenkins job for each, publishes the link to the build while
it runs, and reports how it ended: image tag and digest, or the cause of the failure in one paragraph.

Interrupted or stopped (SIGTERM) it leaves running builds alone and exits with 0; at its next start it
takes them up again. It logs JSON to stderr, a line for each event.

Everything is told by environment variables:
  AWS_REGION                     where the pipeline stands; credentials as for the AWS CLI
  SLIPWAY_JENKINS_URL            of Jenkins, such as http://127.0.0.1:8080
  SLIPWAY_JENKINS_USER           who calls it
  SLIPWAY_JENKINS_PASSWORD_FILE  the password, in a file; read again when Jenkins refuses it
  SLIPWAY_JOB                    the Jenkins job; also the ProjectName of the pipeline's actions
  SLIPWAY_ACTION_PROVIDER        provider of the custom action type
  SLIPWAY_ACTION_VERSION         its version
  SLIPWAY_WORKER_DIR             folder for sources and for what must outlive the process
  SLIPWAY_WORKER_HEALTH          address of /live, /ready and /status; only of this machine
and, with a default:
  SLIPWAY_WORKER_POLL            between polls (5s at work, 15s idle)
  SLIPWAY_WORKER_JOBS            jobs at once (2)
  SLIPWAY_WORKER_DEADLINE        how long a job may take (30m)`,
		Args: arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := worker.FromEnvironment(os.Getenv)
			if err != nil {
				return err
			}
			return work(cmd, settings)
		},
	}
}

// work runs until it is told to stop, which is no failure of a service. Nothing needs a second signal here, so the
// handling of every other command is replaced.
func work(cmd *cobra.Command, settings worker.Settings) error {
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg, err := workerConfig(ctx, settings.Region)
	if err != nil {
		return err
	}
	w, err := worker.New(settings, worker.Options{
		AWS: cfg, Clock: clockwork.NewRealClock(), Version: version().Version,
		Log: slog.New(slog.NewJSONHandler(From(cmd).Talk, nil)),
	})
	if err != nil {
		return err
	}
	return w.Run(ctx)
}

// workerConfig is the usual AWS configuration. A service has time, but a dead endpoint must be known soon.
func workerConfig(ctx context.Context, region string) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(region), config.WithRetryer(func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = 5 * time.Second })
	}))
	if err != nil {
		return cfg, &fault.Error{
			Op: "reading the AWS configuration", Next: "check AWS_PROFILE and ~/.aws/config", Code: fault.NotReady, Err: err,
		}
	}
	return cfg, nil
}
