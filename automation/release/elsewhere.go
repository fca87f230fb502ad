package release

import (
	"fmt"

	names "github.com/aws/aws-sdk-go-v2/aws/arn"
)

// elsewhere refuses an environment that Pulumi keeps in another region or account than the one that these
// credentials and settings look at: its rollout could not be seen.
func (p pass) elsewhere(site Site) error {
	who := site.Who
	for _, text := range []string{site.Before.TaskDefinition, site.Before.TargetGroup} {
		at, err := names.Parse(text)
		if err != nil || at.Region == who.Region && at.AccountID == who.Account {
			continue
		}
		return p.unready(fmt.Sprintf("the environment is in account %s, %s (%s), and this process looks at account %s, %s",
			at.AccountID, at.Region, text, who.Account, who.Region),
			fmt.Sprintf("set aws:region, and aws:profile or aws:assumeRole, in Pulumi.%s.yaml, or export AWS_REGION=%s with credentials of account %s",
				p.Environment, at.Region, at.AccountID), nil)
	}
	return nil
}
