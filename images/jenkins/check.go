package jenkins

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// rule says what a value must look like. Within these forms a value means itself in a shell, a unit, an environment
// file, YAML, JSON and XML alike.
type rule struct {
	name     string
	value    func(Args) string
	form     func() *regexp.Regexp
	want     string
	optional bool
}

// object is an object of S3, or a prefix without a slash at the end.
var object = form(`s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)+`)

// rules are in the order of Args. The limits of action types are those of CodePipeline's CreateCustomActionType, the
// job's is that of a queryable property.
var rules = []rule{
	{name: "region", value: func(a Args) string { return a.Region },
		form: form(`[a-z]{2,4}(-[a-z]+){1,3}-[0-9]{1,2}`), want: "a region such as eu-central-1"},
	{name: "job name", value: func(a Args) string { return a.JobName },
		form: form(`[A-Za-z0-9_-]{1,20}`), want: "1 to 20 letters, digits, '_' and '-'"},
	{name: "action provider", value: func(a Args) string { return a.ActionProvider },
		form: form(`[A-Za-z0-9_-]{1,25}`), want: "1 to 25 letters, digits, '_' and '-'"},
	{name: "action version", value: func(a Args) string { return a.ActionVersion },
		form: form(`[A-Za-z0-9_-]{1,9}`), want: "1 to 9 letters, digits, '_' and '-'"},
	{name: "binary", value: func(a Args) string { return a.BinaryURI },
		form: object, want: "s3://bucket/key"},
	{name: "source", value: func(a Args) string { return a.Source }, optional: true,
		form: form(`[0-9a-f]{64}`), want: "64 lower-case hexadecimal digits"},
	{name: "pulumi", value: func(a Args) string { return a.PulumiURI }, form: object, want: "s3://bucket/key"},
	{name: "readiness", value: func(a Args) string { return a.ReadinessURI }, form: object, want: "s3://bucket/prefix"},
	{name: "key", value: func(a Args) string { return a.KeyArn },
		form: form(`arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+`), want: "the ARN of a KMS key"},
	{name: "admin parameter", value: func(a Args) string { return a.AdminParameter },
		form: form(`(/[A-Za-z0-9._-]+)+|[A-Za-z0-9._-]+`), want: "the name of an SSM parameter, of letters, digits, '.', '_', '-' and '/'"},
	{name: "data volume", value: func(a Args) string { return a.DataVolume },
		form: form(`vol-[0-9a-f]{8,17}`), want: "the id of a volume, vol-…"},
	{name: "registry", value: func(a Args) string { return a.Registry }, optional: true,
		form: form(`[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?`), want: "host[:port]"},
	{name: "log group", value: func(a Args) string { return a.LogGroup }, optional: true,
		form: form(`[A-Za-z0-9._/#-]{1,512}`), want: "1 to 512 letters, digits, '.', '_', '-', '/' and '#'"},
	{name: "heartbeat", value: func(a Args) string { return a.Heartbeat }, optional: true,
		form: form(`[A-Za-z0-9_-]{1,100}`), want: "1 to 100 letters, digits, '_' and '-'"},
	{name: "secrets provider", value: func(a Args) string { return a.SecretsProvider }, optional: true,
		form: form(`awskms://[A-Za-z0-9:/_-]+(\?[A-Za-z0-9=&_-]+)?`), want: "awskms:// and a key or an alias"},
	{name: "project folder", value: func(a Args) string { return a.ProjectFolder }, optional: true,
		form: form(`[A-Za-z0-9._/][A-Za-z0-9._/-]{0,999}`), want: "a folder of the repository, of letters, digits, '.', '_', '-' and '/'"},
	{name: "Go proxy", value: func(a Args) string { return a.GoProxy }, optional: true,
		form: form(`[A-Za-z0-9._~:/@+,|-]{1,1000}`), want: "URLs, direct or off, between them ',' or '|'"},
	{name: "Go checksum database", value: func(a Args) string { return a.GoSumDB }, optional: true,
		form: form(`[A-Za-z0-9.:/+=_-]+( https://[A-Za-z0-9.:/_-]+)?`), want: "off or a name, with a key and a URL where it has them"},
	{name: "architecture", value: func(a Args) string { return a.Architecture },
		form: form(`x86_64|arm64`), want: "x86_64 or arm64"},
}

// form is a pattern of a whole text, compiled when it is first asked.
func form(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\A(?:` + pattern + `)\z`) })
}

// check returns all that is wrong with the args at once.
func (a Args) check() error {
	var errs []error
	for _, r := range rules {
		if v := r.value(a); !r.form().MatchString(v) && !(r.optional && v == "") {
			errs = append(errs, fmt.Errorf("%s %q: expected %s", r.name, v, r.want))
		}
	}
	errs = append(errs, checkAddress(a.PublicAddress), checkBackend(a.BackendURL))
	return errors.Join(errs...)
}

var hostForm = form(`[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*`)

// digits is a name that only an IP address may look like.
var digits = form(`[0-9.]+`)

func checkAddress(address string) error {
	ip, err := netip.ParseAddr(address)
	switch {
	case err == nil && ip.Is4():
		return nil
	case err != nil && len(address) <= 253 && hostForm().MatchString(address) && !digits().MatchString(address):
		return nil
	}
	return fmt.Errorf("public address %q: expected an IPv4 address or a host name", address)
}

// checkBackend takes what systemd reads as one plain value: a folder's URL may hold blanks and foreign letters.
func checkBackend(url string) error {
	odd := func(r rune) bool {
		return !unicode.IsPrint(r) || r == unicode.ReplacementChar || strings.ContainsRune("\"'\\`$", r)
	}
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok || scheme == "" || rest == "" || strings.ContainsFunc(url, odd) || strings.TrimSpace(url) != url {
		return fmt.Errorf("state backend %q: expected a URL without quotes, backslashes, '$' and control characters", url)
	}
	return nil
}
