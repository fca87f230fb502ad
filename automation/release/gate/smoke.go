package gate

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/infra/config"
)

// Doer asks the app.
type Doer interface {
	Do(r *http.Request) (*http.Response, error)
}

// mostBody bounds what is read of an answer.
const mostBody = 1 << 20

// Smoke asks the app each test's path and compares the answers. All tests are asked; what each of them got is the evidence.
func Smoke(tests []config.SmokeTest, from Doer) Ask {
	return func(ctx context.Context, r Release) (Verdict, error) {
		var wrong []string
		for _, test := range tests {
			if what := try(ctx, from, r.AppURL, test); what != "" {
				wrong = append(wrong, "GET "+test.Path+": "+what)
			}
			if ctx.Err() != nil {
				return Verdict{}, ctx.Err()
			}
		}
		if len(wrong) > 0 {
			return Verdict{}, r.refuse(fmt.Sprintf("%d of %d smoke tests failed: %s", len(wrong), len(tests), wrong[0]),
				"slipway logs "+r.Environment, wrong...)
		}
		return passed("%d of %d smoke tests passed", len(tests), len(tests))
	}
}

// try asks once, and answers what is wrong; "" when nothing is.
func try(ctx context.Context, from Doer, base string, test config.SmokeTest) string {
	ctx, cancel := context.WithTimeout(ctx, test.TimeLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+test.Path, nil)
	if err != nil {
		return err.Error()
	}
	begun := time.Now()
	response, err := from.Do(request)
	if err != nil {
		return unanswered(ctx, test, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostBody))
	if err != nil {
		return unanswered(ctx, test, err)
	}
	if what := compare(test, response, body); what != "" {
		return fmt.Sprintf("%s (after %s)", what, time.Since(begun).Round(time.Millisecond))
	}
	return ""
}

func unanswered(ctx context.Context, test config.SmokeTest, err error) string {
	if ctx.Err() == context.DeadlineExceeded {
		return "no whole answer within " + test.TimeLimit.String()
	}
	return err.Error()
}

func compare(test config.SmokeTest, response *http.Response, body []byte) string {
	if !test.Accepts(response.StatusCode) {
		return fmt.Sprintf("status %d, not %s", response.StatusCode, test.Status)
	}
	for _, name := range slices.Sorted(maps.Keys(test.Headers)) {
		if got := strings.Join(response.Header.Values(name), ", "); !strings.Contains(got, test.Headers[name]) {
			return fmt.Sprintf("header %s is %s, which does not contain %s", name, quote(got), quote(test.Headers[name]))
		}
	}
	if test.Text != "" && !bytes.Contains(body, []byte(test.Text)) {
		return fmt.Sprintf("the body does not contain %s: %s", quote(test.Text), quote(string(body)))
	}
	if len(test.JSON) == 0 {
		return ""
	}
	return compareJSON(test.JSON, body)
}

func compareJSON(want map[string]string, body []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var whole any
	if err := decoder.Decode(&whole); err != nil {
		return fmt.Sprintf("the body is no JSON: %s", quote(string(body)))
	}
	for _, path := range slices.Sorted(maps.Keys(want)) {
		got, there := field(whole, strings.Split(path, "."))
		switch {
		case !there:
			return "the body has no field " + path
		case got != want[path]:
			return fmt.Sprintf("field %s is %s, not %s", path, quote(got), quote(want[path]))
		}
	}
	return ""
}

// field is the value below a path of names and numbers: a text as it is, everything else as JSON.
func field(value any, path []string) (string, bool) {
	for _, name := range path {
		var there bool
		switch inside := value.(type) {
		case map[string]any:
			value, there = inside[name]
		case []any:
			n, err := strconv.Atoi(name)
			if there = err == nil && n >= 0 && n < len(inside); there {
				value = inside[n]
			}
		}
		if !there {
			return "", false
		}
	}
	if text, ok := value.(string); ok {
		return text, true
	}
	text, err := json.Marshal(value)
	return string(text), err == nil
}

// mostQuoted bounds what is repeated of an answer.
const mostQuoted = 200

func quote(text string) string {
	if len(text) > mostQuoted {
		return strconv.Quote(strings.ToValidUTF8(text[:mostQuoted], "")) + "…"
	}
	return strconv.Quote(text)
}
