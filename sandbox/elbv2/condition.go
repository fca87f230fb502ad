package elbv2

import (
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
)

// condition is one condition of a rule; every field that is set must match.
type condition struct {
	Host   *values `json:"hostHeader,omitempty"`
	Path   *values `json:"pathPattern,omitempty"`
	Method *values `json:"httpRequestMethod,omitempty"`
	Header *struct {
		Name   string   `json:"httpHeaderName"`
		Values []string `json:"values"`
	} `json:"httpHeader,omitempty"`
	Query []struct {
		Key   string `json:"key,omitempty"`
		Value string `json:"value"`
	} `json:"queryStrings,omitempty"`
	Source *values `json:"sourceIp,omitempty"`
}

type values struct {
	Values []string `json:"values"`
}

func (c condition) check() error {
	if c.Host == nil && c.Path == nil && c.Method == nil && c.Header == nil && c.Query == nil && c.Source == nil {
		return awsapi.Errorf("ValidationError", "A condition value must be specified")
	}
	if c.Source != nil {
		for _, v := range c.Source.Values {
			if _, _, err := net.ParseCIDR(v); err != nil {
				return awsapi.Errorf("ValidationError", "The value '%s' of a source-ip condition must be in CIDR format", v)
			}
		}
	}
	return nil
}

func (c condition) match(r *http.Request) bool {
	return (c.Host == nil || anyWild(lower(c.Host.Values), strings.ToLower(hostOnly(r.Host)))) &&
		(c.Path == nil || anyWild(c.Path.Values, r.URL.EscapedPath())) &&
		(c.Method == nil || slices.Contains(c.Method.Values, r.Method)) &&
		(c.Header == nil || c.matchHeader(r)) &&
		(len(c.Query) == 0 || c.matchQuery(r)) &&
		(c.Source == nil || c.matchSource(r))
}

func (c condition) matchHeader(r *http.Request) bool {
	return slices.ContainsFunc(r.Header.Values(c.Header.Name), func(v string) bool {
		return anyWild(lower(c.Header.Values), strings.ToLower(v))
	})
}

func (c condition) matchQuery(r *http.Request) bool {
	query := r.URL.Query()
	for _, want := range c.Query {
		for key, all := range query {
			if want.Key != "" && !wild(strings.ToLower(want.Key), strings.ToLower(key)) {
				continue
			}
			if slices.ContainsFunc(all, func(v string) bool { return wild(strings.ToLower(want.Value), strings.ToLower(v)) }) {
				return true
			}
		}
	}
	return false
}

func (c condition) matchSource(r *http.Request) bool {
	ip := net.ParseIP(hostOnly(r.RemoteAddr))
	return slices.ContainsFunc(c.Source.Values, func(v string) bool {
		_, block, err := net.ParseCIDR(v)
		return err == nil && block.Contains(ip)
	})
}

func hostOnly(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}

func lower(all []string) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = strings.ToLower(v)
	}
	return out
}

func anyWild(patterns []string, s string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return wild(p, s) })
}

// wild says whether s matches a pattern in which * is any run of characters and ? is any one.
func wild(pattern, s string) bool {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(quoted)
	ok, err := regexp.MatchString("(?s)^"+quoted+"$", s)
	return err == nil && ok
}
