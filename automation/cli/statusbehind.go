package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"slipway/automation/project"
	"slipway/infra/config"
)

// behind is how far an environment is from the one before it in the pipeline; the first one from the commit that is checked
// out. Commits is -1 where this clone does not know both commits.
type behind struct {
	Of      string `json:"of"` // an environment, or HEAD
	Commits int    `json:"commits"`
}

func (b *behind) String() string {
	switch {
	case b == nil || b.Commits < 0:
		return "-"
	case b.Commits == 0:
		return "as " + b.Of
	case b.Commits == 1:
		return "1 commit behind " + b.Of
	}
	return fmt.Sprintf("%d commits behind %s", b.Commits, b.Of)
}

// compare fills how far each environment is behind. It is a comfort: what cannot be told is left out.
func (d *Deployer) compare(ctx context.Context, all []standing) {
	commits := map[string]string{}
	for _, s := range all {
		commits[s.Environment] = s.Commit
	}
	for i := range all {
		s := &all[i]
		of := d.before(s.Environment)
		upstream := commits[of]
		if of == head {
			upstream = head
		}
		if s.Commit == "" || upstream == "" {
			continue
		}
		s.Behind = &behind{Of: of, Commits: d.between(ctx, s.Commit, upstream)}
	}
}

const head = "HEAD"

// before is the environment in front of one in the pipeline, HEAD for the first; "" where the pipeline does not have it.
func (d *Deployer) before(environment string) string {
	c, err := d.environment(environment)
	if err != nil {
		return ""
	}
	name, err := d.deliveryOf(environment, c.DeliveryStack)
	if err != nil {
		return ""
	}
	delivery, err := d.config(name)
	if err != nil || delivery.Kind != config.KindDelivery {
		return ""
	}
	switch i := slices.Index(delivery.Environments, environment); {
	case i < 0:
		return ""
	case i == 0:
		return head
	default:
		return delivery.Environments[i-1]
	}
}

// between counts the commits that the second one has and the first one has not.
func (d *Deployer) between(ctx context.Context, first, second string) int {
	if first == second {
		return 0
	}
	text, err := project.Git(ctx, d.Project.Root, "rev-list", "--count", "--end-of-options", first+".."+second).Output()
	count, wrong := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || wrong != nil {
		return -1
	}
	return count
}
