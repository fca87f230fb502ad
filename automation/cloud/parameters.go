package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// mostParameters is how many one call of GetParameters takes (Systems Manager API reference, read in November 2026).
const mostParameters = 10

// Parameters are the values of parameters of SSM by their names, decrypted. One that is not there is an error that names it.
func (c *Cloud) Parameters(ctx context.Context, names []string) (map[string]string, error) {
	values := map[string]string{}
	for some := range slices.Chunk(names, mostParameters) {
		missing, err := c.parameters(ctx, some, values)
		if err == nil && len(missing) > 0 {
			err = fmt.Errorf("there is no %s", strings.Join(missing, " and no "))
		}
		if err != nil {
			return nil, wrap("read parameters of SSM in %s", err, c.Region)
		}
	}
	return values, nil
}

func (c *Cloud) parameters(ctx context.Context, names []string, into map[string]string) (missing []string, err error) {
	asked, err := json.Marshal(map[string]any{"Names": names, "WithDecryption": true})
	if err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"AmazonSSM.GetParameters"}}
	text, err := c.call(ctx, "ssm", header, string(asked))
	if err != nil {
		return nil, err
	}
	var answer struct {
		Parameters        []struct{ Name, Value string }
		InvalidParameters []string
	}
	if json.Unmarshal(text, &answer) != nil {
		return nil, fmt.Errorf("GetParameters answered with something else") // what it is may be a secret
	}
	for _, found := range answer.Parameters {
		into[found.Name] = found.Value
	}
	return answer.InvalidParameters, nil
}
