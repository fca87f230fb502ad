package jenkins

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Results of a build that has ended, in Jenkins' words.
const (
	Success = "SUCCESS"
	Failure = "FAILURE"
	Aborted = "ABORTED"
)

// Build is one run of the job.
type Build struct {
	Number    int
	URL       string // as Jenkins is configured to name itself
	Building  bool
	Result    string        // empty while it runs
	Estimated time.Duration // Jenkins' guess from earlier runs; 0 or less when it has none
	Started   time.Time
}

type buildAnswer struct {
	Number            int
	URL               string
	Building          bool
	Result            string
	EstimatedDuration int64
	Timestamp         int64
	Actions           []action
}

func (a buildAnswer) build() Build {
	return Build{
		Number: a.Number, URL: a.URL, Building: a.Building, Result: a.Result,
		Estimated: time.Duration(a.EstimatedDuration) * time.Millisecond, Started: time.UnixMilli(a.Timestamp),
	}
}

const buildTree = "number,url,building,result,estimatedDuration,timestamp,actions[parameters[name,value]]"

// Build answers a run by its number, ErrNotFound when it is gone.
func (c *Client) Build(ctx context.Context, number int) (Build, error) {
	var answer buildAnswer
	if err := c.json(ctx, c.job(fmt.Sprintf("%d/api/json?tree=%s", number, url.QueryEscape(buildTree))), &answer); err != nil {
		return Build{}, err
	}
	return answer.build(), nil
}

// Stop ends a run the way the button in Jenkins does: its processes are asked to end.
func (c *Client) Stop(ctx context.Context, number int) error {
	_, err := c.post(ctx, call{path: c.job(fmt.Sprintf("%d/stop", number))})
	return err
}

// Artifact answers what a run archived under name, at most four megabytes of it, ErrNotFound when there is nothing.
func (c *Client) Artifact(ctx context.Context, number int, name string) ([]byte, error) {
	var escaped []string
	for _, part := range strings.Split(name, "/") {
		escaped = append(escaped, url.PathEscape(part))
	}
	k := call{method: http.MethodGet, path: c.job(fmt.Sprintf("%d/artifact/%s", number, strings.Join(escaped, "/")))}
	response, err := c.do(ctx, k)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil {
		return nil, &Unavailable{Doing: k.String(), Err: err}
	}
	return body, nil
}
