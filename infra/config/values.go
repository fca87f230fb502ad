package config

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

func oneOf(field func(*Config) *string, allowed ...string) func(*Config, string) bool {
	return func(c *Config, value string) bool {
		*field(c) = value
		return slices.Contains(allowed, value)
	}
}

func match(field func(*Config) *string, pattern string) func(*Config, string) bool {
	form := whole(pattern)
	return func(c *Config, value string) bool {
		*field(c) = value
		return form().MatchString(value)
	}
}

// whole is a pattern of a whole text, compiled when it is first asked: the bounds on lengths make some of them megabytes large,
// and every start of the program would pay for all.
func whole(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\A(?:` + pattern + `)\z`) })
}

func within(field func(*Config) *int, low, high int) func(*Config, string) bool {
	return func(c *Config, value string) bool {
		n, err := wholeNumber(value)
		*field(c) = n
		return err == nil && n >= low && n <= high
	}
}

// wholeNumber reads decimal digits; what strconv takes besides ("+5", "007") is more likely a slip.
func wholeNumber(value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err == nil && strconv.Itoa(n) != value {
		return 0, strconv.ErrSyntax
	}
	return n, err
}

var appNamePattern = regexp.MustCompile(`\A[a-z][a-z0-9]*(-[a-z0-9]+)*\z`)

// reservedPrefixes are names that AWS keeps for itself: capacity providers (aws, ecs, fargate),
// security groups (sg-), load balancers (internal-) and parameters (ssm) may not begin so.
var reservedPrefixes = []string{"aws", "ssm", "ecs", "fargate", "sg", "internal"}

func setAppName(c *Config, value string) bool {
	c.AppName = value
	reserved := slices.ContainsFunc(reservedPrefixes, func(p string) bool { return strings.HasPrefix(value, p) })
	return appNamePattern.MatchString(value) && len(value) >= 2 && len(value) <= 20 && !reserved
}

var branchPattern = whole(`[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}`)

func setBranch(c *Config, value string) bool {
	c.Branch = value
	return branchPattern().MatchString(value) && !strings.Contains(value, "..") && !strings.Contains(value, "//") &&
		!strings.HasSuffix(value, "/") && !strings.HasSuffix(value, ".lock") && !strings.HasSuffix(value, ".")
}

func setAllowedCidr(c *Config, value string) bool {
	prefix, err := netip.ParsePrefix(value)
	c.AllowedCidr = value
	return err == nil && prefix.Addr().Is4() && prefix.Bits() > 0 && prefix == prefix.Masked()
}

func setVPCCidr(c *Config, value string) bool {
	prefix, err := netip.ParsePrefix(value)
	c.VPCCidr = value
	return err == nil && prefix.Addr().Is4() && prefix.Addr().IsPrivate() && prefix == prefix.Masked() &&
		prefix.Bits() >= 16 && prefix.Bits() <= 23
}

var imagePattern = regexp.MustCompile(`\A[a-z0-9]+([.-][a-z0-9]+)*(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*@sha256:[0-9a-f]{64}\z`)

func setImage(c *Config, value string) bool {
	c.Image = value
	return len(value) <= 512 && imagePattern.MatchString(value)
}

func setEgressPorts(c *Config, value string) bool {
	seen := map[int]bool{}
	for _, field := range strings.Split(value, ",") {
		port, err := wholeNumber(strings.TrimSpace(field))
		if err != nil || port < 1 || port > 65535 || seen[port] {
			return false
		}
		seen[port] = true
		c.EgressPorts = append(c.EgressPorts, port)
	}
	slices.Sort(c.EgressPorts)
	return true
}

var retentionDays = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func setLogRetention(c *Config, value string) bool {
	days, err := wholeNumber(value)
	c.LogRetentionDays = days
	return err == nil && slices.Contains(retentionDays, days)
}

func truth(field func(*Config) *bool) func(*Config, string) bool {
	return func(c *Config, value string) bool {
		*field(c) = value == "true"
		return value == "true" || value == "false"
	}
}
