package logs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
	"slipway/sandbox/store"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// open opens the logs in a folder, as a sandbox does at its start.
func open(t *testing.T, folder string) *Service {
	t.Helper()
	st, err := store.Open(filepath.Join(folder, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	s, err := New(st, naming.Region("us-east-1"), filepath.Join(folder, "logs"), clockwork.NewFakeClockAt(noon))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func makeGroup(t *testing.T, s *Service, name string) {
	t.Helper()
	in := resource.Properties{"name": property.NewStringProperty(name), "retentionInDays": property.NewNumberProperty(7)}
	if _, _, err := (groupBehaviour{s}).Create(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

func fill(t *testing.T, s *Service, group, stream string, lines ...string) {
	t.Helper()
	if err := s.CreateStream(t.Context(), group, stream); err != nil {
		t.Fatal(err)
	}
	for i, line := range lines {
		if err := s.Append(t.Context(), group, stream, noon.Add(time.Duration(i)*time.Second), line); err != nil {
			t.Fatal(err)
		}
	}
}

func code(err error) string {
	var e *awsapi.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return fmt.Sprint(err)
}

func TestMissingGroup(t *testing.T) {
	s := open(t, t.TempDir())
	ctx := context.Background()
	if err := s.CreateStream(ctx, "nowhere", "a"); code(err) != "ResourceNotFoundException" {
		t.Errorf("CreateStream: %v", err)
	}
	if err := s.Append(ctx, "nowhere", "a", noon, "x"); code(err) != "ResourceNotFoundException" {
		t.Errorf("Append: %v", err)
	}
	if _, err := s.filterEvents(ctx, filterEventsInput{Group: "nowhere"}); code(err) != "ResourceNotFoundException" {
		t.Errorf("FilterLogEvents: %v", err)
	}
}

func TestGetEventsPagesToTheEnd(t *testing.T) {
	s := open(t, t.TempDir())
	makeGroup(t, s, "g")
	fill(t, s, "g", "a", "0", "1", "2", "3", "4")
	for _, c := range []struct {
		head bool
		want string
	}{{true, "[0 1][2 3][4][]"}, {false, "[3 4][1 2][0][]"}} {
		in := getEventsInput{Group: "g", Stream: "a", Limit: 2, StartFromHead: c.head}
		var got strings.Builder
		for range 10 {
			out, err := s.getEvents(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(&got, messages(out.Events))
			next := out.Forward
			if !c.head {
				next = out.Backward
			}
			if next == in.NextToken {
				break
			}
			in.NextToken = next
		}
		if got.String() != c.want {
			t.Errorf("startFromHead %t: %s; want %s", c.head, got.String(), c.want)
		}
	}
}

func messages(events []outputEvent) []string {
	all := []string{}
	for _, e := range events {
		all = append(all, e.Message)
	}
	return all
}

func TestFilterEvents(t *testing.T) {
	s := open(t, t.TempDir())
	makeGroup(t, s, "g")
	fill(t, s, "g", "web/1", "start", "GET / 200", "GET /x 500 ERROR", "stop")
	fill(t, s, "g", "job/1", "ERROR in job")
	at := noon.UnixMilli()
	for _, c := range []struct {
		name string
		in   filterEventsInput
		want string
	}{
		{"all, by time", filterEventsInput{}, "start|ERROR in job|GET / 200|GET /x 500 ERROR|stop"},
		{"range", filterEventsInput{Start: at + 1000, End: at + 2000}, "GET / 200|GET /x 500 ERROR"},
		{"prefix", filterEventsInput{Prefix: "job/"}, "ERROR in job"},
		{"streams", filterEventsInput{Streams: []string{"job/1"}}, "ERROR in job"},
		{"term", filterEventsInput{Pattern: "ERROR"}, "ERROR in job|GET /x 500 ERROR"},
		{"terms", filterEventsInput{Pattern: "GET ERROR"}, "GET /x 500 ERROR"},
		{"phrase", filterEventsInput{Pattern: `"ERROR in"`}, "ERROR in job"},
		{"either", filterEventsInput{Pattern: "?start ?stop"}, "start|stop"},
		{"without", filterEventsInput{Pattern: "GET -ERROR"}, "GET / 200"},
	} {
		c.in.Group, c.in.Limit = "g", 2
		var got []string
		for {
			out, err := s.filterEvents(t.Context(), c.in)
			if err != nil {
				t.Fatal(c.name, err)
			}
			for _, e := range out.Events {
				got = append(got, e.Message)
			}
			if c.in.NextToken = out.NextToken; out.NextToken == "" {
				break
			}
		}
		want := strings.Split(c.want, "|")
		if len(got) != len(want) || (c.name != "all, by time" && strings.Join(got, "|") != c.want) {
			t.Errorf("%s: %q; want %q", c.name, got, want)
		}
	}
	for _, bad := range []string{`{ $.level = "x" }`, "[ip, user]", "%re%", `"open`} {
		if _, err := s.filterEvents(t.Context(), filterEventsInput{Group: "g", Pattern: bad}); code(err) != "InvalidParameterException" {
			t.Errorf("pattern %s: %v", bad, err)
		}
	}
}

func TestSurvivesAKill(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	makeGroup(t, s, "g")
	fill(t, s, "g", "a", "one", "two <&>")
	path := s.streams["g"]["a"].path
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, `{"t":12,"m":"cut o`)
	f.Close()

	again := &Service{region: s.region, folder: s.folder, clock: s.clock, groups: s.groups, limit: s.limit, streams: map[string]map[string]*stream{}}
	if err := again.open(); err != nil {
		t.Fatal(err)
	}
	last, err := again.Last(t.Context(), "g", "a")
	if err != nil || !last.Equal(noon.Add(time.Second)) {
		t.Errorf("Last = %s, %v; want the second event's time", last, err)
	}
	fill(t, again, "g", "b", "three")
	if err := again.Append(t.Context(), "g", "a", noon.Add(time.Minute), "four"); err != nil {
		t.Fatal(err)
	}
	out, err := again.getEvents(t.Context(), getEventsInput{Group: "g", Stream: "a", StartFromHead: true})
	if got := fmt.Sprint(messages(out.Events)); err != nil || got != "[one two <&> four]" {
		t.Errorf("events %s, %v", got, err)
	}
	groups, err := again.describeGroups(t.Context(), describeGroupsInput{})
	if err != nil || len(groups.Groups) != 1 || groups.Groups[0].Retention != 7 {
		t.Errorf("groups %+v, %v", groups, err)
	}
}

func TestGroupStaysWithinItsLimit(t *testing.T) {
	s := open(t, t.TempDir())
	s.limit = 4000
	makeGroup(t, s, "g")
	fill(t, s, "g", "old", "from the old stream")
	if err := s.CreateStream(t.Context(), "g", "new"); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if err := s.Append(t.Context(), "g", "new", noon.Add(time.Hour+time.Duration(i)), fmt.Sprintf("line %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	out, err := s.filterEvents(t.Context(), filterEventsInput{Group: "g"})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(out.Events); n < 10 || n > 100 || out.Events[n-1].Message != "line 199" {
		t.Errorf("%d events are left, the newest %q", n, out.Events[n-1].Message)
	}
	if last, err := s.Last(t.Context(), "g", "old"); err != nil || !last.Equal(noon) {
		t.Errorf("Last of the emptied stream = %s, %v", last, err)
	}
}

func TestDescribeStreams(t *testing.T) {
	s := open(t, t.TempDir())
	makeGroup(t, s, "g")
	fill(t, s, "g", "a", "1", "2", "3")
	fill(t, s, "g", "b", "1")
	fill(t, s, "g", "c", "1", "2")
	var got []string
	in := describeStreamsInput{Group: "g", OrderBy: "LastEventTime", Descending: true, Limit: 2}
	for {
		out, err := s.describeStreams(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range out.Streams {
			got = append(got, st.Name)
		}
		if in.NextToken = out.NextToken; in.NextToken == "" {
			break
		}
	}
	if fmt.Sprint(got) != "[a c b]" {
		t.Errorf("streams %v; want a, c, b", got)
	}
}

func TestGroupBehaviour(t *testing.T) {
	s := open(t, t.TempDir())
	b := groupBehaviour{s}
	makeGroup(t, s, "/ecs/app")
	name := func(n string) resource.Properties {
		return resource.Properties{"name": property.NewStringProperty(n)}
	}
	if _, _, err := b.Create(t.Context(), name("/ecs/app")); code(err) != "ResourceAlreadyExistsException" {
		t.Errorf("a second group of the same name: %v", err)
	}
	if _, _, err := b.Create(t.Context(), name("bad name")); code(err) != "InvalidParameterException" {
		t.Errorf("a bad name: %v", err)
	}
	in := name("x")
	in["retentionInDays"] = property.NewNumberProperty(8)
	if _, _, err := b.Create(t.Context(), in); code(err) != "InvalidParameterException" {
		t.Errorf("a retention of 8 days: %v", err)
	}
	fill(t, s, "/ecs/app", "a", "1")
	for range 2 {
		if err := b.Delete(t.Context(), "/ecs/app"); err != nil {
			t.Fatal(err)
		}
	}
	makeGroup(t, s, "/ecs/app")
	if len(s.streams["/ecs/app"]) != 0 {
		t.Error("a group made again has the old one's streams")
	}
}
