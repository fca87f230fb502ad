package infra

import (
	"testing"

	"slipway/infra/outputs"
	"slipway/sandbox/iam"
)

// Jenkins may change what slipway:hostedZoneId makes, in the zone that delivery names and in no other, and no record of
// another type than the alias has.
func TestJenkinsMayChangeTheRecord(t *testing.T) {
	record := environmentWith(t, variants["everything"]).only(t, "aws:route53/record:Record")
	zone := "arn:aws:route53:::hostedzone/" + record.text("zoneId")
	r := deliveryWith(t, map[string]string{"deployInfrastructure": "true", "hostedZoneIds": record.text("zoneId")})
	for _, test := range []struct {
		action, resource, kind string
		allowed                bool
	}{
		{"route53:ChangeResourceRecordSets", zone, record.text("type"), true},
		{"route53:ListResourceRecordSets", zone, "", true},
		{"route53:GetHostedZone", zone, "", true},
		{"route53:GetChange", "arn:aws:route53:::change/C1", "", true},
		{"route53:ChangeResourceRecordSets", zone, "MX", false},
		{"route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z999", "A", false},
		{"route53:DeleteHostedZone", zone, "", false},
	} {
		ask := iam.Request{Action: test.action, Resource: test.resource, Context: iam.Context{}}
		if test.kind != "" {
			ask.Context["route53:ChangeResourceRecordSetsRecordTypes"] = []string{test.kind}
		}
		if got := anyApplies(t, r, ask); got != test.allowed {
			t.Errorf("%s of %q on %s: %v", test.action, test.kind, test.resource, got)
		}
	}
	if plain := deliveryWith(t, map[string]string{"deployInfrastructure": "true"}); anyApplies(t, plain, iam.Request{Action: "route53:GetHostedZone", Resource: zone}) {
		t.Error("without zones Jenkins may read one")
	}
}

// anyApplies says whether a statement of the Jenkins host's policies allows a request.
func anyApplies(t *testing.T, r *recording, ask iam.Request) bool {
	t.Helper()
	for _, text := range policyTexts(r) {
		parsed, err := iam.Parse(text, iam.Identity)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range parsed.Statements {
			if s.Applies(ask) {
				return true
			}
		}
	}
	return false
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
