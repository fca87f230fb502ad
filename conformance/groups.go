package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// groups remembers what the emulator forgets of an Auto Scaling group: the longest life of an instance, and how many may
// be replaced at once (API reference of Auto Scaling, AutoScalingGroup).
type groups struct {
	mu     sync.Mutex
	fields map[string]url.Values
}

func newGroups() *groups { return &groups{fields: map[string]url.Values{}} }

const (
	lifetime    = "MaxInstanceLifetime"
	maintenance = "InstanceMaintenancePolicy"
	leastHealth = "MinHealthyPercentage"
	mostHealth  = "MaxHealthyPercentage"
)

// complete takes the fields out of a group that is made or changed, and adds them to one that is described.
func (g *groups) complete(request *http.Request, asked, answer []byte) []byte {
	if !strings.Contains(request.Header.Get("Authorization"), "/autoscaling/") {
		return answer
	}
	values, err := url.ParseQuery(string(asked))
	if err != nil {
		return answer
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch name := values.Get("AutoScalingGroupName"); values.Get("Action") {
	case "CreateAutoScalingGroup", "UpdateAutoScalingGroup":
		known := g.fields[name]
		if known == nil {
			known = url.Values{}
			g.fields[name] = known
		}
		for _, field := range []string{lifetime, maintenance + "." + leastHealth, maintenance + "." + mostHealth} {
			if values.Has(field) {
				known.Set(field, values.Get(field))
			}
		}
	case "DescribeAutoScalingGroups":
		text := string(answer)
		for name, known := range g.fields {
			element := "<AutoScalingGroupName>" + name + "</AutoScalingGroupName>"
			text = strings.ReplaceAll(text, element, element+shown(known))
		}
		return []byte(text)
	}
	return answer
}

func shown(known url.Values) string {
	text := ""
	if known.Has(lifetime) {
		text += fmt.Sprintf("<%[1]s>%[2]s</%[1]s>", lifetime, known.Get(lifetime))
	}
	if least, most := known.Get(maintenance+"."+leastHealth), known.Get(maintenance+"."+mostHealth); least != "" || most != "" {
		text += fmt.Sprintf("<%[1]s><%[2]s>%[3]s</%[2]s><%[4]s>%[5]s</%[4]s></%[1]s>", maintenance, leastHealth, least, mostHealth, most)
	}
	return text
}
