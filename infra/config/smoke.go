package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SmokeTest is one request to the app after a rollout, and what its answer has to be.
type SmokeTest struct {
	// Path is asked with GET.
	Path string
	// Status are status codes as a HealthCheck's matcher has them, from 100 to 599.
	Status string
	// Headers are texts that the headers of these names contain.
	Headers map[string]string
	// Text is in the body; empty for any body.
	Text string
	// JSON are values of the body's fields, by their path: names and numbers of entries with dots between them.
	JSON map[string]string
	// TimeLimit is how long the whole answer may take.
	TimeLimit time.Duration
}

// Accepts says whether a status code is one of the test's.
func (t SmokeTest) Accepts(status int) bool { return HealthCheck{Matcher: t.Status}.Healthy(status) }

const (
	mostSmokeTests   = 50
	defaultSmokeTime = 5 * time.Second
)

var (
	smokePath   = whole(pathPattern)
	smokeStatus = regexp.MustCompile(`\A[1-5][0-9]{2}(-[1-5][0-9]{2})?(,[1-5][0-9]{2}(-[1-5][0-9]{2})?)*\z`)
	headerName  = whole("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
	fieldPath   = whole(`[^.\s]+(\.[^.\s]+)*`)
)

// setSmoke takes a list of mappings with the members of a SmokeTest, named as the fields with a small first letter.
func setSmoke(c *Config, value any) (problems []Problem) {
	all, ok := value.([]any)
	if !ok || len(all) > mostSmokeTests {
		return []Problem{{Value: clipped(textOf(value)), Allowed: fmt.Sprintf("a list of up to %d mappings, each with a path", mostSmokeTests)}}
	}
	for i, each := range all {
		test, wrong := smokeTest(each)
		for _, p := range wrong {
			p.Key = strings.TrimSuffix(strconv.Itoa(i+1)+"."+p.Key, ".")
			problems = append(problems, p)
		}
		c.Gates.Smoke = append(c.Gates.Smoke, test)
	}
	return problems
}

// smokeParts are what a smoke test has.
var smokeParts = map[string]struct {
	allowed string
	set     func(t *SmokeTest, value any) bool
}{
	"path":      {"a URL path that begins with a slash, up to 1000 characters", func(t *SmokeTest, v any) bool { return fitting(v, &t.Path, smokePath) }},
	"status":    {"status codes from 100 to 599: one, several separated by commas, or a range such as 200-299", setSmokeStatus},
	"headers":   {"a mapping from names of headers to texts that they contain", func(t *SmokeTest, v any) bool { return mappingOf(v, &t.Headers, headerName) }},
	"text":      {quoted, func(t *SmokeTest, v any) bool { return fitting(v, &t.Text, nil) }},
	"json":      {"a mapping from fields, such as database.ready, to their values", func(t *SmokeTest, v any) bool { return mappingOf(v, &t.JSON, fieldPath) }},
	"timeLimit": {"a duration from 1s to 60s", setSmokeTime},
}

func smokeTest(value any) (SmokeTest, []Problem) {
	t := SmokeTest{Status: "200", TimeLimit: defaultSmokeTime}
	members, ok := value.(map[string]any)
	if !ok {
		return t, []Problem{{Value: clipped(textOf(value)), Allowed: "a mapping with a path"}}
	}
	var problems []Problem
	names := slices.Sorted(maps.Keys(smokeParts))
	for _, name := range slices.Sorted(maps.Keys(members)) {
		part, known := smokeParts[name]
		switch {
		case !known:
			problems = append(problems, Problem{Key: name, Value: clipped(textOf(members[name])), Allowed: "unknown; the nearest is " + nearest(names, name)})
		case !part.set(&t, members[name]):
			problems = append(problems, Problem{Key: name, Value: clipped(textOf(members[name])), Allowed: part.allowed})
		}
	}
	if _, given := members["path"]; !given {
		problems = append(problems, Problem{Key: "path", Allowed: "required: " + smokeParts["path"].allowed})
	}
	return t, problems
}

func fitting(value any, into *string, pattern func() *regexp.Regexp) bool {
	text, ok := plain(value)
	*into = text
	return ok && (pattern == nil || pattern().MatchString(text))
}

// setSmokeStatus takes a number too: 200 needs no quotes.
func setSmokeStatus(t *SmokeTest, value any) bool {
	t.Status = textOf(value)
	for _, field := range strings.Split(t.Status, ",") {
		if low, high := codes(field); low > high {
			return false
		}
	}
	return smokeStatus.MatchString(t.Status)
}

func setSmokeTime(t *SmokeTest, value any) (ok bool) {
	text, plainText := plain(value)
	t.TimeLimit, ok = parseDuration(text, time.Second, time.Minute)
	return ok && plainText
}

// mappingOf takes names that fit a pattern, and scalars: a field of JSON may be a number, true, false or null.
func mappingOf(value any, into *map[string]string, names func() *regexp.Regexp) bool {
	all, ok := value.(map[string]any)
	if !ok {
		return false
	}
	*into = map[string]string{}
	for name, each := range all {
		switch each.(type) {
		case map[string]any, []any:
			return false
		}
		if !names().MatchString(name) {
			return false
		}
		(*into)[name] = textOf(each)
	}
	return true
}
