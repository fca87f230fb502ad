package awsapi

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
)

type embedded struct{ Marker string }

type target struct {
	embedded
	ID   string `query:"Id"`
	Port *int32
}

type asked struct {
	Names   []string
	Targets []target
	Deep    *target
	Labels  map[string]string
	Ratio   float64
	On      bool
	At      Time
	Chained []asked
	hidden  string
}

func TestDecodeForm(t *testing.T) {
	port := int32(80)
	for query, want := range map[string]asked{
		"":                                   {},
		"Names.member.2=b&Names.member.1=a":  {Names: []string{"a", "b"}},
		"Names.member.10=j&Names.member.9=i": {Names: []string{"i", "j"}},
		"Names=":                             {Names: []string{}},
		"Targets.member.1.Id=x&Targets.member.1.Port=80":    {Targets: []target{{ID: "x", Port: &port}}},
		"Deep.Id=y&Deep.Marker=":                            {Deep: &target{ID: "y"}},
		"Labels.entry.1.key=k&Labels.entry.1.value=v":       {Labels: map[string]string{"k": "v"}},
		"Ratio=0.5&On=true&Action=A&Version=2&X-Amz-Date=d": {Ratio: 0.5, On: true},
		"Chained.member.1.Chained.member.1.On=true":         {Chained: []asked{{Chained: []asked{{On: true}}}}},
	} {
		form, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		var got asked
		if err := decodeForm(form, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %+v, %v; want %+v", query, got, err, want)
		}
	}
}

func TestDecodeFormErrors(t *testing.T) {
	for query, want := range map[string]string{
		"Names.member.x=a":                 "Names: \"x\" is not the number of a member",
		"Names.member.0=a":                 "not the number",
		"Names.member.01=a":                "not the number",
		"Names.member.1.Deep=a":            "Names.member.1: a single value is expected",
		"Targets.member.1.Port=no":         "Targets.member.1.Port: \"no\": a whole number is expected",
		"Targets.member.1.Port=4294967296": "a whole number",
		"On=maybe":                         "On: \"maybe\": true or false is expected",
		"Ratio=half":                       "a number is expected",
		"At=now":                           "At: \"now\"",
		"Labels.entry.1.key=k":             "needs a key and a value",
		strings.Repeat("Chained.member.1.", 15) + "On=true": "nested too deep",
	} {
		form, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if err := decodeForm(form, &asked{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", query, err, want)
		}
	}
	if err := decodeForm(nil, asked{}); err == nil {
		t.Error("a struct is decoded into that is not pointed to")
	}
}

func FuzzDecodeForm(f *testing.F) {
	f.Add("Names.member.1=a&Targets.member.1.Id=x&Labels.entry.1.key=k&Labels.entry.1.value=v")
	f.Add("Chained.member.1.Chained.member.2.At=2026-01-01T00:00:00Z&On=true&Ratio=1e9")
	f.Add("Names.member.99999999999=x&Names.member.-1=y")
	f.Fuzz(func(t *testing.T, query string) {
		form, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		var got asked
		if err := decodeForm(form, &got); err == nil && got.hidden != "" {
			t.Error("a field that is not exported was set")
		}
	})
}
