package cost

import (
	"fmt"
	"sort"
	"strings"
)

// Table is the table of prices as Markdown, for docs/costs.md.
func Table() string {
	var out strings.Builder
	fmt.Fprintf(&out, "| part | price (%s, %s) | a month | published at aws.amazon.com/ | read at, and of when |\n|---|---|---|---|---|\n", Region, Date)
	keys := make([]string, 0, len(prices))
	for key := range prices {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool { return prices[keys[i]].Part < prices[keys[j]].Part })
	for _, key := range keys {
		p := prices[key]
		unit := strings.Replace("a "+p.Unit, "a h", "an h", 1)
		fmt.Fprintf(&out, "| %s | $%g %s | $%.2f | %s | %s |\n", p.Part, p.Amount, unit, p.month(), p.Source, p.Seen)
	}
	kinds := make([]string, 0, len(instances))
	for kind := range instances {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	for _, kind := range kinds {
		family, _, _ := strings.Cut(kind, ".")
		fmt.Fprintf(&out, "| %s, Linux | $%g an hour | $%.2f | ec2/pricing/on-demand | %s |\n", kind, instances[kind], instances[kind]*HoursAMonth, instancesSeen[family])
	}
	return out.String()
}
