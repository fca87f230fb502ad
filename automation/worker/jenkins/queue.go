package jenkins

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// Item is a build that waits, or waited, in Jenkins' queue.
type Item struct {
	ID        int
	Why       string // why it waits
	Cancelled bool
	Build     int // its number once it runs, 0 before
}

// Trigger asks for a build with these parameters and answers its queue item. Jenkins joins equal builds that wait.
func (c *Client) Trigger(ctx context.Context, parameters map[string]string) (int, error) {
	form := url.Values{}
	for name, value := range parameters {
		form.Set(name, value)
	}
	k := call{path: c.job("buildWithParameters") + "?delay=0sec", form: form}
	header, err := c.post(ctx, k)
	if err != nil {
		return 0, err
	}
	location := header.Get("Location")
	id, err := strconv.Atoi(path.Base(strings.TrimSuffix(location, "/")))
	if err != nil {
		return 0, &Unavailable{Doing: k.String(), Err: fmt.Errorf("the location %q names no queue item", location)}
	}
	return id, nil
}

// Item answers a queue item, ErrNotFound when Jenkins has forgotten it: it does so a few minutes after the build began,
// and when it is restarted before.
func (c *Client) Item(ctx context.Context, id int) (Item, error) {
	var answer struct {
		ID         int
		Why        string
		Cancelled  bool
		Executable *struct{ Number int }
	}
	if err := c.json(ctx, fmt.Sprintf("/queue/item/%d/api/json", id), &answer); err != nil {
		return Item{}, err
	}
	item := Item{ID: id, Why: answer.Why, Cancelled: answer.Cancelled}
	if answer.Executable != nil {
		item.Build = answer.Executable.Number
	}
	return item, nil
}

// Cancel takes an item out of the queue.
func (c *Client) Cancel(ctx context.Context, id int) error {
	_, err := c.post(ctx, call{method: http.MethodPost, path: "/queue/cancelItem?id=" + strconv.Itoa(id)})
	return err
}
