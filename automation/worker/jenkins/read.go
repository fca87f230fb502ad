package jenkins

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
)

// most is how much of one answer is read, in bytes: a hundred builds with their parameters are a tenth of it.
const most = 4 << 20

func (c *Client) json(ctx context.Context, path string, into any) error {
	k := call{method: http.MethodGet, path: path}
	response, err := c.do(ctx, k)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if err := json.NewDecoder(io.LimitReader(response.Body, most)).Decode(into); err != nil {
		return &Unavailable{Doing: k.String(), Err: err}
	}
	return nil
}

func (c *Client) post(ctx context.Context, k call) (http.Header, error) {
	k.method = http.MethodPost
	response, err := c.do(ctx, k)
	if err != nil {
		return nil, err
	}
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10)
	_ = response.Body.Close()
	return response.Header, nil
}
