package iam

import (
	"cmp"
	"encoding/base64"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// comparison reports whether a value of the request matches a text of the policy.
type comparison func(text, value string, variables bool, c Context) bool

type operator struct {
	compare comparison
	negated bool
}

// operators are those of the IAM user guide, "IAM JSON policy elements: Condition operators", without Null.
var operators = map[string]operator{
	"StringEquals":              {stringEquals, false},
	"StringNotEquals":           {stringEquals, true},
	"StringEqualsIgnoreCase":    {equalFold, false},
	"StringNotEqualsIgnoreCase": {equalFold, true},
	"StringLike":                {matches, false},
	"StringNotLike":             {matches, true},
	"NumericEquals":             {numbers(equal), false},
	"NumericNotEquals":          {numbers(equal), true},
	"NumericLessThan":           {numbers(less), false},
	"NumericLessThanEquals":     {numbers(atMost), false},
	"NumericGreaterThan":        {numbers(greater), false},
	"NumericGreaterThanEquals":  {numbers(atLeast), false},
	"DateEquals":                {dates(equal), false},
	"DateNotEquals":             {dates(equal), true},
	"DateLessThan":              {dates(less), false},
	"DateLessThanEquals":        {dates(atMost), false},
	"DateGreaterThan":           {dates(greater), false},
	"DateGreaterThanEquals":     {dates(atLeast), false},
	"Bool":                      {equalFold, false},
	"BinaryEquals":              {binaryEquals, false},
	"IpAddress":                 {within, false},
	"NotIpAddress":              {within, true},
	"ArnEquals":                 {arnLike, false}, // the same as ArnLike, says the guide
	"ArnNotEquals":              {arnLike, true},
	"ArnLike":                   {arnLike, false},
	"ArnNotLike":                {arnLike, true},
}

// replaced is a text of the policy with its variables, in which wildcards mean themselves.
func replaced(text string, variables bool, c Context) (string, bool) {
	if !variables {
		return text, true
	}
	tokens, ok := pattern(text, true, c)
	var whole strings.Builder
	for _, t := range tokens {
		if t.wild != 0 {
			whole.WriteByte(t.wild)
		}
		whole.WriteString(t.text)
	}
	return whole.String(), ok
}

func stringEquals(text, value string, variables bool, c Context) bool {
	text, ok := replaced(text, variables, c)
	return ok && text == value
}

func equalFold(text, value string, variables bool, c Context) bool {
	text, ok := replaced(text, variables, c)
	return ok && strings.EqualFold(text, value)
}

func equal(order int) bool   { return order == 0 }
func less(order int) bool    { return order < 0 }
func atMost(order int) bool  { return order <= 0 }
func greater(order int) bool { return order > 0 }
func atLeast(order int) bool { return order >= 0 }

// numbers compares the request's number with the policy's; what is no number matches nothing.
func numbers(holds func(order int) bool) comparison {
	return func(text, value string, _ bool, _ Context) bool {
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return false
		}
		got, err := strconv.ParseFloat(value, 64)
		return err == nil && holds(cmp.Compare(got, want))
	}
}

func dates(holds func(order int) bool) comparison {
	return func(text, value string, _ bool, _ Context) bool {
		want, ok := date(text)
		if !ok {
			return false
		}
		got, ok := date(value)
		return ok && holds(got.Compare(want))
	}
}

// date reads one of the W3C's forms of ISO 8601, or seconds since 1970.
func date(text string) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) > len("2026") {
		return time.Unix(seconds, 0), true
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01", "2006"} {
		if at, err := time.Parse(form, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

func binaryEquals(text, value string, _ bool, _ Context) bool {
	want, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return false
	}
	got, err := base64.StdEncoding.DecodeString(value)
	return err == nil && string(want) == string(got)
}

// within takes an address, or a range in CIDR form.
func within(text, value string, _ bool, _ Context) bool {
	address, err := netip.ParseAddr(value)
	if err != nil {
		return false
	}
	if single, err := netip.ParseAddr(text); err == nil {
		return single == address
	}
	block, err := netip.ParsePrefix(text)
	return err == nil && block.Contains(address)
}
