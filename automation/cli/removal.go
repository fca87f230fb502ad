package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/ui"
	"slipway/infra/config"
	"slipway/infra/outputs"
)

// Types of resources that a destroy asks about first.
const (
	registryType = "aws:ecr/repository:Repository"
	balancerType = "aws:lb/loadBalancer:LoadBalancer"
)

// removal is what a destroy of a stack would do.
type removal struct {
	Goes  []string `json:"goes"`  // "type name"
	Stays []string `json:"stays"` // with the reason
}

// survey finds out what a destroy deletes and what it leaves.
func survey(all []engine.Resource, known map[string]any) removal {
	r := removal{Goes: []string{}, Stays: []string{}}
	for _, one := range all {
		name := ui.Label(one.Type, ui.NameOf(one.URN))
		if one.Retain {
			r.Stays = append(r.Stays, name+" "+one.ID+why[one.Type])
			continue
		}
		r.Goes = append(r.Goes, name)
	}
	if parameter, _ := known[outputs.JenkinsAdminParameter].(string); parameter != "" {
		r.Stays = append(r.Stays, "parameter "+parameter+", which the Jenkins host made: aws ssm delete-parameter --name "+parameter)
	}
	return r
}

// why says by which key a resource that stays would be deleted too.
var why = map[string]string{
	"aws:codecommit/repository:Repository": ", with its history, unless slipway:deleteRepository",
	"aws:ebs/volume:Volume":                ", the home of Jenkins, unless slipway:deleteJenkinsHome",
}

// tell says what goes and what stays, before anybody is asked.
func (r removal) tell(sink ui.Sink, stack string) {
	if len(r.Goes)+len(r.Stays) == 0 {
		return
	}
	sink.Event(ui.Note{Text: fmt.Sprintf("destroying stack %s deletes %d resources: %s", stack, len(r.Goes), strings.Join(grouped(r.Goes), ", "))})
	stays := strings.Join(r.Stays, "\n")
	if stays == "" {
		stays = "nothing but the stack's history"
	}
	sink.Event(ui.Note{Text: "what stays:\n" + stays})
}

// grouped names what there is one of, and counts what there is more of.
func grouped(goes []string) []string {
	of, kinds := map[string][]string{}, []string{}
	for _, name := range goes {
		kind, _, _ := strings.Cut(name, " ")
		if of[kind] = append(of[kind], name); len(of[kind]) == 1 {
			kinds = append(kinds, kind)
		}
	}
	for i, kind := range kinds {
		if kinds[i] = of[kind][0]; len(of[kind]) > 1 {
			kinds[i] = fmt.Sprintf("%d %s", len(of[kind]), kind)
		}
	}
	return kinds
}

// stoppers are what would make a destroy fail in the middle, or orphan what depends on the stack.
func (d *Deployer) stoppers(ctx context.Context, s *engine.Stack, all []engine.Resource, known map[string]any) error {
	for _, one := range all {
		if protected, _ := one.Inputs["enableDeletionProtection"].(bool); protected && one.Type == balancerType {
			return cannotDestroy(s.Name(), "the load balancer has deletion protection",
				"set slipway:deletionProtection to false, slipway up "+s.Name()+", then slipway destroy "+s.Name())
		}
	}
	if !slices.ContainsFunc(all, func(r engine.Resource) bool { return r.Type == registryType }) {
		return nil
	}
	users, err := d.usersOf(ctx, s)
	if err != nil {
		return err
	}
	if len(users) > 0 {
		next := ""
		for _, user := range append(users, s.Name()) {
			next += "\nslipway destroy " + user
		}
		return cannotDestroy(s.Name(), "environments that take their images from it still exist: "+strings.Join(users, ", "), strings.TrimSpace(next))
	}
	return d.emptyRegistry(ctx, s, all)
}

// usersOf lists the environments that release from a delivery stack and have resources.
func (d *Deployer) usersOf(ctx context.Context, s *engine.Stack) ([]string, error) {
	names, err := s.Stacks(ctx)
	if err != nil {
		return nil, err
	}
	var users []string
	for _, name := range names {
		if name == s.Name() || name == imagesStack || !d.uses(name, s.Name()) {
			continue
		}
		other, err := d.open(ctx, name, nil)
		if err != nil {
			return nil, err
		}
		all, err := other.Resources(ctx)
		other.Close()
		if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			users = append(users, name)
		}
	}
	return users, nil
}

// uses says whether a stack may take its images from delivery. One without a file here does: nobody says otherwise.
func (d *Deployer) uses(name, delivery string) bool {
	own, err := d.own(name)
	if err != nil {
		return true
	}
	from, err := d.deliveryOf(name, orDefault(own["deliveryStack"], defaultDelivery))
	return own["kind"] != config.KindDelivery && (err != nil || from == delivery)
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// emptyRegistry refuses a registry that holds images and may not be deleted with them: AWS would refuse it too, once
// everything else is gone.
func (d *Deployer) emptyRegistry(ctx context.Context, s *engine.Stack, all []engine.Resource) error {
	for _, one := range all {
		if force, _ := one.Inputs["forceDelete"].(bool); one.Type != registryType || one.Retain || force {
			continue
		}
		at, err := d.cloud(ctx, s.Name())
		if err != nil {
			return err
		}
		holds, err := at.HasImages(ctx, one.ID)
		if err != nil {
			return err
		}
		if holds {
			return cannotDestroy(s.Name(), "the registry "+one.ID+" holds images",
				"to delete them too: set slipway:deleteImages to true, slipway up "+s.Name()+", then slipway destroy "+s.Name())
		}
	}
	return nil
}

func cannotDestroy(stack, cause, next string) error {
	return &fault.Error{Op: "destroying stack " + stack, Cause: cause + "; nothing was deleted", Next: next, Code: fault.NotReady}
}
