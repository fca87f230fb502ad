package infra

import (
	"fmt"
	"strings"
	"testing"

	"slipway/infra/outputs"
)

// Jenkins may change what slipway:hostedZoneId makes, in the zone that delivery names and in no other, and no record of
// another type than the alias has.
func TestJenkinsMayChangeTheRecord(t *testing.T) {
	record := environmentWith(t, variants["everything"]).only(t, "aws:route53/record:Record")
	zone := "arn:aws:route53:::hostedzone/" + record.text("zoneId")
	resources, conditions := map[string][]string{}, map[string]string{}
	for _, text := range policyTexts(deliveryWith(t, map[string]string{"deployInfrastructure": "true", "hostedZoneIds": record.text("zoneId")})) {
		for _, s := range decode[document](t, text).Statement {
			for _, action := range s.Action {
				if strings.HasPrefix(action, "route53:") {
					resources[action], conditions[action] = s.Resource, fmt.Sprint(s.Condition)
				}
			}
		}
	}
	for action, on := range map[string]string{
		"route53:ChangeResourceRecordSets": zone, "route53:GetHostedZone": zone, "route53:ListResourceRecordSets": zone,
		"route53:GetChange": "arn:aws:route53:::change/*",
	} {
		if got := resources[action]; len(got) != 1 || got[0] != on {
			t.Errorf("%s is allowed on %q, want %s", action, got, on)
		}
	}
	only := "map[ForAllValues:StringEquals:map[route53:ChangeResourceRecordSetsRecordTypes:" + record.text("type") + "]]"
	if got := conditions["route53:ChangeResourceRecordSets"]; got != only || len(resources) != 4 {
		t.Errorf("records may be changed when %s, by %d actions", got, len(resources))
	}
	for _, text := range policyTexts(deliveryWith(t, map[string]string{"deployInfrastructure": "true"})) {
		if strings.Contains(text, "route53:") {
			t.Errorf("without zones: %s", text)
		}
	}
}

func TestNameOfTheApp(t *testing.T) {
	for name, want := range map[string]struct {
		url     string
		records int
	}{"ec2": {"http://lb.example.com", 0}, "everything": {"https://app.example.com", 1}} {
		r := environmentWith(t, variants[name])
		if r.exported[outputs.AppURL] != want.url || r.exported[outputs.LoadBalancerDNS] != "lb.example.com" {
			t.Errorf("%s: the app answers at %v, the load balancer at %v", name, r.exported[outputs.AppURL], r.exported[outputs.LoadBalancerDNS])
		}
		if got := len(r.of("aws:route53/record:Record")); got != want.records {
			t.Errorf("%s: %d records", name, got)
		}
	}
	record := environmentWith(t, variants["everything"]).only(t, "aws:route53/record:Record")
	for path, want := range map[string]string{
		"zoneId": "Z0123456789ABC", "name": "app.example.com", "type": "A", "aliases[0].name": "lb.example.com", "aliases[0].zoneId": "ZBALANCER",
	} {
		if got := record.text(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}
