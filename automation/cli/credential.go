package cli

import (
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"

	"slipway/automation/credential"
	"slipway/automation/fault"
)

func credentialCommand() *cobra.Command {
	return &cobra.Command{
		Use: "credential-helper get|store|erase", Short: "Give git the credentials of a CodeCommit repository",
		Long: `Speaks git's credential helper protocol on stdin and stdout. For get it signs the repository's address with
the AWS credentials that the AWS CLI would use: the user name and password that it answers hold for a
quarter of an hour, which git is told. It answers for CodeCommit over https and for a sandbox on this machine
(AWS_ENDPOINT_URL), and says nothing for any other host. store and erase do nothing, for nothing is kept.

git must be told once, here for this user and every CodeCommit of AWS:
  git config --global credential.https://git-codecommit.*.amazonaws.com.helper '!slipway credential-helper'
  git config --global credential.https://git-codecommit.*.amazonaws.com.useHttpPath true
The signature covers the path of the repository, so useHttpPath is needed: git leaves the path out
otherwise. The region is the one in the host's name; for a sandbox it is AWS_REGION.`,
		Example:   "  git -c credential.helper='!slipway credential-helper' -c credential.URL.useHttpPath=true clone URL",
		ValidArgs: []string{"get", "store", "erase"},
		Args:      arguments(1, 1, "one of get, store and erase"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ask, err := credential.Read(cmd.InOrStdin())
			if err != nil {
				return badCredential(err)
			}
			switch args[0] {
			case "get":
				if endpoint := os.Getenv("AWS_ENDPOINT_URL"); ask.Answers(endpoint) {
					return answerGit(cmd, ask, endpoint)
				}
				return nil // git asks the next helper
			default: // git: a helper must ignore what it does not know
				return nil
			}
		},
	}
}

func answerGit(cmd *cobra.Command, ask credential.Request, endpoint string) error {
	cfg, err := config.LoadDefaultConfig(cmd.Context())
	if err != nil {
		return &fault.Error{Op: "reading the AWS configuration", Next: "check AWS_PROFILE and ~/.aws/config", Code: fault.NotReady, Err: err}
	}
	if cfg.Credentials == nil {
		return &fault.Error{Op: "looking for AWS credentials", Cause: "there are none", Next: "aws configure", Code: fault.NotReady}
	}
	found, err := cfg.Credentials.Retrieve(cmd.Context())
	if err != nil {
		return &fault.Error{Op: "looking for AWS credentials", Next: "aws sts get-caller-identity", Code: fault.NotReady, Err: err}
	}
	answer, err := credential.Sign(ask, found, endpoint, cfg.Region, clockwork.NewRealClock().Now())
	if err != nil {
		return badCredential(err)
	}
	_, err = answer.WriteTo(cmd.OutOrStdout())
	return err
}

func badCredential(err error) error {
	return &fault.Error{Op: "making credentials for git", Next: "slipway credential-helper --help", Code: fault.BadInput, Err: err}
}
