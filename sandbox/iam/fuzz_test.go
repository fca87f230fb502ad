package iam_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"slipway/sandbox/iam"
)

// Whatever is parsed can be asked, and answers the same twice.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:Get*"],"Resource":"arn:aws:s3:::a/${aws:username, 'b'}*"}}`,
		`{"Statement":[{"Effect":"Deny","NotAction":"a:?","NotResource":"*","Condition":{"ForAllValues:StringLikeIfExists":{"a:b":["*",1,true]}}}]}`,
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"*","Resource":"*","Condition":{"IpAddress":{"a:b":"::/0"}}}]}`,
	} {
		f.Add(seed, "s3:GetObject", "arn:aws:s3:::a/b", "x")
	}
	f.Fuzz(func(t *testing.T, text, action, resource, value string) {
		for _, kind := range []iam.Kind{iam.Identity, iam.Resource, iam.Trust} {
			d, err := iam.Parse(text, kind)
			if err != nil {
				continue
			}
			r := iam.Request{Principal: iam.Principal{ARN: user}, Action: action, Resource: resource, Context: iam.Context{"a:b": {value}}}
			p := iam.Policies{Identity: map[string]*iam.Document{"a": d}, Resource: d}
			first := p.Decide(r)
			if again := p.Decide(r); first != again || first.Allowed && first.Statement == nil || first.Allowed && first.Explicit {
				t.Errorf("decided %+v, then %+v", first, again)
			}
		}
	})
}

// The matcher agrees with a regular expression of the same meaning.
func FuzzMatch(f *testing.F) {
	for _, seed := range [][2]string{{"a*b?c", "axxbyc"}, {"*", ""}, {"?", "é"}, {"**a", "aa"}, {"a*a*a", "aaaa"}, {"a\n*", "a\nb"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, wild, text string) {
		if !utf8.ValidString(wild) || !utf8.ValidString(text) || strings.Contains(wild, "$") {
			return
		}
		quoted, err := json.Marshal("arn:aws:a:b:c:" + wild)
		if err != nil {
			t.Fatal(err)
		}
		d, err := iam.Parse(`{"Statement":{"Effect":"Allow","Action":"*","Resource":`+string(quoted)+`}}`, iam.Identity)
		if err != nil {
			t.Fatal(err)
		}
		as := regexp.MustCompile(`(?s)\A` + strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(wild)) + `\z`)
		r := iam.Request{Action: "a:b", Resource: "arn:aws:a:b:c:" + text}
		if got := d.Statements[0].Applies(r); got != as.MatchString(text) {
			t.Errorf("%q matches %q: %v", wild, text, got)
		}
	})
}
