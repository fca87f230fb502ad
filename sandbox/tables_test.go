package sandbox

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/image"
	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
)

var update = flag.Bool("update", false, "write the tables of docs/sandbox.md anew")

// The page of the sandbox lists the calls that it answers and the resource types that it knows, as they are in the code.
func TestTheTablesOfThePage(t *testing.T) {
	const page = "../docs/sandbox.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	now := string(text)
	for name, table := range map[string]string{"calls": callsTable(), "types": typesTable()} {
		begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
		before, rest, found := strings.Cut(now, begin)
		_, after, closed := strings.Cut(rest, end)
		if !found || !closed {
			t.Fatalf("%s has no place for the table of %s", page, name)
		}
		now = before + begin + table + end + after
	}
	switch {
	case now == string(text):
	case *update:
		if err := os.WriteFile(page, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not what the code says: go test ./sandbox -run TestTheTables -update", page)
	}
}

func callsTable() string {
	var b strings.Builder
	b.WriteString("\n| service | calls |\n|---|---|\n")
	apis := (&services{}).apis()
	slices.SortFunc(apis, func(a, b awsapi.Service) int { return strings.Compare(a.Name, b.Name) })
	for _, api := range apis {
		fmt.Fprintf(&b, "| `%s` | %s |\n", api.Name, strings.Join(slices.Sorted(maps.Keys(api.Actions)), ", "))
	}
	return b.String() + "\n"
}

func typesTable() string {
	real, kept := map[string][]string{}, map[string][]string{}
	behaviours := (&image.Service{}).Behaviours()
	for _, one := range those[interface {
		Behaviours() map[string]resource.Behaviour
	}](&services{}) {
		maps.Copy(behaviours, one.Behaviours())
	}
	for token := range behaviours {
		note(real, token)
	}
	for token := range schema.AWS().Resources {
		if behaviours[token] == nil {
			note(kept, token)
		}
	}
	var b strings.Builder
	for _, table := range []struct {
		head  string
		types map[string][]string
	}{{"real", real}, {"checked and remembered", kept}} {
		fmt.Fprintf(&b, "\n| module | %s |\n|---|---|\n", table.head)
		for _, module := range slices.Sorted(maps.Keys(table.types)) {
			slices.Sort(table.types[module])
			fmt.Fprintf(&b, "| `%s` | %s |\n", module, strings.Join(table.types[module], ", "))
		}
	}
	return b.String() + "\n"
}

// note adds the name in a token, such as aws:ecs/service:Service, to those of its module.
func note(types map[string][]string, token string) {
	module, _, _ := strings.Cut(strings.TrimPrefix(token, "aws:"), "/")
	types[module] = append(types[module], token[strings.LastIndexByte(token, ':')+1:])
}
