package jenkins

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// crumb is Jenkins' protection against forged requests: a header for everything that changes something. It holds for
// the session whose cookie came with it.
type crumb struct {
	known bool
	Field string `json:"crumbRequestField"` // empty where Jenkins wants none
	Value string `json:"crumb"`
}

func (c *Client) addCrumb(ctx context.Context, request *http.Request, again bool) error {
	c.mu.Lock()
	held := c.crumb
	c.mu.Unlock()
	if again || !held.known {
		var err error
		if held, err = c.fetchCrumb(ctx); err != nil {
			return err
		}
		c.mu.Lock()
		c.crumb = held
		c.mu.Unlock()
	}
	if held.Field != "" {
		request.Header.Set(held.Field, held.Value)
	}
	return nil
}

func (c *Client) fetchCrumb(ctx context.Context) (crumb, error) {
	k := call{method: http.MethodGet, path: "/crumbIssuer/api/json"}
	response, err := c.do(ctx, k)
	if errors.Is(err, ErrNotFound) {
		return crumb{known: true}, nil
	}
	var away *Unavailable
	if errors.As(err, &away) {
		return crumb{}, &Unavailable{Doing: away.Doing, Err: away.Err, Unsent: true}
	}
	if err != nil {
		return crumb{}, err
	}
	defer func() { _ = response.Body.Close() }()
	held := crumb{known: true}
	if err := json.NewDecoder(response.Body).Decode(&held); err != nil {
		return crumb{}, &Unavailable{Doing: k.String(), Err: err, Unsent: true}
	}
	return held, nil
}
