package jenkins

import (
	"context"
	"fmt"
	"net/url"
	"slices"
)

// recent is how many of the newest builds Find looks at.
const recent = 100

type action struct {
	Parameters []struct {
		Name  string
		Value any
	}
}

func has(actions []action, name, value string) bool {
	return slices.ContainsFunc(actions, func(a action) bool {
		for _, p := range a.Parameters {
			if p.Name == name && fmt.Sprint(p.Value) == value {
				return true
			}
		}
		return false
	})
}

// Find looks for a run that has the parameter with this value, in the queue and among the newest builds: the item
// answered has a queue id, or a build's number, or neither when there is none. The queue is read first, so that a run
// that leaves it in the meantime is still seen.
func (c *Client) Find(ctx context.Context, parameter, value string) (Item, error) {
	waiting, err := c.queued(ctx, parameter, value)
	if err != nil {
		return Item{}, err
	}
	var answer struct{ Builds []buildAnswer }
	tree := fmt.Sprintf("builds[%s]{0,%d}", buildTree, recent)
	if err := c.json(ctx, c.job("api/json?tree="+url.QueryEscape(tree)), &answer); err != nil {
		return Item{}, err
	}
	for _, b := range answer.Builds {
		if has(b.Actions, parameter, value) {
			return Item{Build: b.Number}, nil
		}
	}
	return waiting, nil
}

func (c *Client) queued(ctx context.Context, parameter, value string) (Item, error) {
	var answer struct {
		Items []struct {
			ID      int
			Why     string
			Actions []action
			Task    struct{ Name string }
		}
	}
	tree := "items[id,why,task[name],actions[parameters[name,value]]]"
	if err := c.json(ctx, "/queue/api/json?tree="+url.QueryEscape(tree), &answer); err != nil {
		return Item{}, err
	}
	for _, item := range answer.Items {
		if item.Task.Name == c.options.Job && has(item.Actions, parameter, value) {
			return Item{ID: item.ID, Why: item.Why}, nil
		}
	}
	return Item{}, nil
}
