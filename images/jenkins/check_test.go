package jenkins

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode"

	"gopkg.in/yaml.v3"
)

// fields are every value of text, and whether it may be empty.
var fields = map[string]struct {
	at       func(*Args) *string
	optional bool
}{
	"region":               {at: func(a *Args) *string { return &a.Region }},
	"job name":             {at: func(a *Args) *string { return &a.JobName }},
	"action provider":      {at: func(a *Args) *string { return &a.ActionProvider }},
	"action version":       {at: func(a *Args) *string { return &a.ActionVersion }},
	"binary":               {at: func(a *Args) *string { return &a.BinaryURI }},
	"source":               {at: func(a *Args) *string { return &a.Source }, optional: true},
	"pulumi":               {at: func(a *Args) *string { return &a.PulumiURI }},
	"readiness":            {at: func(a *Args) *string { return &a.ReadinessURI }},
	"key":                  {at: func(a *Args) *string { return &a.KeyArn }},
	"heartbeat":            {at: func(a *Args) *string { return &a.Heartbeat }, optional: true},
	"secrets provider":     {at: func(a *Args) *string { return &a.SecretsProvider }, optional: true},
	"Go proxy":             {at: func(a *Args) *string { return &a.GoProxy }, optional: true},
	"project folder":       {at: func(a *Args) *string { return &a.ProjectFolder }, optional: true},
	"Go checksum database": {at: func(a *Args) *string { return &a.GoSumDB }, optional: true},
	"admin parameter":      {at: func(a *Args) *string { return &a.AdminParameter }},
	"data volume":          {at: func(a *Args) *string { return &a.DataVolume }},
	"public address":       {at: func(a *Args) *string { return &a.PublicAddress }},
	"state backend":        {at: func(a *Args) *string { return &a.BackendURL }},
	"registry":             {at: func(a *Args) *string { return &a.Registry }, optional: true},
	"log group":            {at: func(a *Args) *string { return &a.LogGroup }, optional: true},
	"architecture":         {at: func(a *Args) *string { return &a.Architecture }},
}

// hostile means something in one of the languages that the values end up in.
var hostile = []string{
	"$(id)", "`id`", "a;id", "a\nb", "a\r\nb", "a\x00b", `a"b`, "a'b", `a\b`, "${readFile:/etc/passwd}", "</name>", "&amp;",
	"a: b\n- c", "{{.Region}}", "-rf", "../../etc", "a b", "é\u0085", "%n", "\u202e",
}

func TestHostileValuesAreRefused(t *testing.T) {
	for name, f := range fields {
		args := valid()
		good := *f.at(&args)
		for _, bad := range hostile {
			for _, value := range []string{bad, good + bad, bad + good} {
				*f.at(&args) = value
				refused(t, name, bad, value, args)
			}
		}
		*f.at(&args) = ""
		if _, err := CloudConfig(args); (err == nil) != f.optional {
			t.Errorf("an empty %s: %v", name, err)
		}
	}
}

// refused allows what a URL may hold and what only looks hostile, if every file still reads as it did.
func refused(t *testing.T, name, bad, value string, args Args) {
	t.Helper()
	_, err := CloudConfig(args)
	if err != nil {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s %q: the error says %v", name, value, err)
		}
		return
	}
	if harmless := name == "state backend" || name == "log group" || strings.Trim(bad, "abcdefghijklmnopqrstuvwxyz0123456789-./:") == ""; !harmless {
		t.Errorf("%s %q was accepted", name, value)
	}
	all := written(t, args)
	if got := len(all); got != len(files(valid())) {
		t.Errorf("%s %q: %d files", name, value, got)
	}
	for _, env := range []string{"host", "worker", "deploy"} {
		checkLines(t, name, all["/etc/slipway/"+env+".env"].Content)
	}
}

func TestEverythingWrongIsSaidAtOnce(t *testing.T) {
	_, err := UserDataBase64(Args{JobName: strings.Repeat("j", 21), ActionProvider: strings.Repeat("p", 26), ActionVersion: "1234567890"})
	if err == nil {
		t.Fatal("it was accepted")
	}
	for name, f := range fields {
		if said := strings.Contains(err.Error(), name+" \""); said == f.optional {
			t.Errorf("%s: said is %t in\n%v", name, said, err)
		}
	}
}

func TestForms(t *testing.T) {
	for _, c := range []struct {
		name, field, value string
		valid              bool
	}{
		{"host name", "public address", "jenkins.example.com", true},
		{"IPv6", "public address", "2001:db8::1", false},
		{"too large", "public address", "203.0.113.256", false},
		{"a port", "public address", "203.0.113.1:8443", false},
		{"loopback", "public address", "127.77.0.3", true},
		{"folder", "state backend", "file:///home/j ö/state~1", true},
		{"no scheme", "state backend", "state", false},
		{"trailing blank", "state backend", "s3://state ", false},
		{"China", "registry", "000000000000.dkr.ecr.cn-north-1.amazonaws.com.cn", true},
		{"port", "registry", "127.0.0.1:4501", true},
		{"repository", "registry", "127.0.0.1:4501/app", false},
		{"GovCloud", "region", "us-gov-west-1", true},
		{"no key", "binary", "s3://bucket", false},
		{"web", "binary", "https://bucket/key", false},
		{"upper case", "source", strings.Repeat("0F", 32), false},
		{"no prefix", "readiness", "s3://bucket", false},
		{"alias", "secrets provider", "awskms://alias/slipway?region=eu-central-1", true},
		{"passphrase", "secrets provider", "passphrase", false},
		{"proxies", "Go proxy", "https://modules.example.com/go,https://b.example.com|direct", true},
		{"database with a key and an address", "Go checksum database", "sum.example.com+00aa11bb+Abc/1+2= https://sum.example.com/db", true},
		{"plain parameter", "admin parameter", "jenkins-admin", true},
		{"relative path", "admin parameter", "a/b", false},
		{"Mac", "architecture", "arm64_mac", false},
	} {
		args := valid()
		*fields[c.field].at(&args) = c.value
		if _, err := CloudConfig(args); (err == nil) != c.valid {
			t.Errorf("%s (%s %q): %v", c.name, c.field, c.value, err)
		}
	}
}

// Whatever stands in a text comes out of its language as it went in.
func TestEscaping(t *testing.T) {
	for _, text := range append(hostile, "]]>", "<!-- ", "a && b < c > d") {
		if !strings.ContainsAny(text, "\x00\r") { // XML has no way to say these, and no text of ours holds them
			var element struct {
				Text string `xml:",chardata"`
			}
			if err := xml.Unmarshal([]byte("<a>"+escape(text)+"</a>"), &element); err != nil || element.Text != text {
				t.Errorf("XML: %q became %q (%v)", text, element.Text, err)
			}
		}
		quoted, err := quote(text)
		if foreign := strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }); (err != nil) != foreign {
			t.Errorf("quoting %q: %v", text, err)
		}
		if err != nil {
			continue
		}
		var back string
		if err := yaml.Unmarshal([]byte(quoted), &back); err != nil || back != text {
			t.Errorf("YAML: %q became %q (%v)", text, back, err)
		}
	}
}
