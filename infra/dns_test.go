package infra

import (
	"testing"

	"slipway/infra/outputs"
)

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
