package jenkins

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// logPiece is how much of a log one call reads, in bytes.
const logPiece = 1 << 20

// Log reads a run's log from a byte on: at most one megabyte, where to go on reading, and whether there is more to
// come, now or later.
func (c *Client) Log(ctx context.Context, number int, from int64) (text []byte, next int64, more bool, err error) {
	k := call{method: http.MethodGet, path: c.job(fmt.Sprintf("%d/logText/progressiveText?start=%d", number, from))}
	response, err := c.do(ctx, k)
	if err != nil {
		return nil, from, false, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err = io.ReadAll(io.LimitReader(response.Body, logPiece))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, from, false, &Unavailable{Doing: k.String(), Err: err}
	}
	more = response.Header.Get("X-More-Data") == "true"
	if len(text) == logPiece {
		return text, from + logPiece, true, nil
	}
	size, err := strconv.ParseInt(response.Header.Get("X-Text-Size"), 10, 64)
	if err != nil {
		size = from + int64(len(text))
	}
	return text, size, more, nil
}
