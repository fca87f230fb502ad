package config

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Gates are what must hold before a release goes into an environment, and after its rollout.
type Gates struct {
	// Before is the command of a task that runs once with the new image before the service is updated, at most for
	// BeforeTimeout; nil for none.
	Before        []string
	BeforeTimeout time.Duration
	// Smoke are what the app is asked after the rollout.
	Smoke []SmokeTest
	// VerifyCommand runs on the deployer's machine after the rollout, at most for VerifyTimeout; nil for none.
	VerifyCommand []string
	VerifyTimeout time.Duration
	// MaxSeverity is the highest severity of a finding in the image that is let through, or SeverityAny; empty for the
	// default: SeverityAny in the first environment of the pipeline, HIGH after it.
	MaxSeverity string
	// ScanTimeout is how long the findings of an image are waited for.
	ScanTimeout time.Duration
	// Soak is how long the environment before must have run an image before it is promoted.
	Soak time.Duration
	// Windows are when releases may begin; empty for always.
	Windows []Window
	// Confirm is ConfirmAlways, ConfirmNever, or empty for the default: after an approval of the pipeline.
	Confirm string
	// KeepImages is how many proved releases of each environment keep their image when a release ends; 0 deletes none.
	KeepImages int
}

// Whether deploy asks before it releases to an environment.
const (
	ConfirmAlways = "true"
	ConfirmNever  = "false"
)

// SeverityAny lets every finding through.
const SeverityAny = "any"

// Severities are those of ECR, the lowest first (Amazon ECR API reference, ImageScanFinding, November 2026).
var Severities = []string{"INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"}

// gates are the keys of gates, in the order of the documentation.
var gates = []setting{
	{"beforeTimeout", "15m", "a duration from 10s to 2h, such as 90s or 15m", duration(func(c *Config) *time.Duration { return &c.Gates.BeforeTimeout }, 10*time.Second, 2*time.Hour)},
	{"verifyTimeout", "5m", "a duration from 1s to 1h, such as 90s or 15m", duration(func(c *Config) *time.Duration { return &c.Gates.VerifyTimeout }, time.Second, time.Hour)},
	{"maxSeverity", "", "any, CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL or none", setMaxSeverity},
	{"scanTimeout", "2m", "a duration from 0s to 30m, such as 90s or 5m", duration(func(c *Config) *time.Duration { return &c.Gates.ScanTimeout }, 0, 30*time.Minute)},
	{"soak", "0s", "a duration from 0s to 720h, such as 45m or 24h", duration(func(c *Config) *time.Duration { return &c.Gates.Soak }, 0, 720*time.Hour)},
	{"timeZone", "UTC", "the name of a time zone in the IANA database, such as Europe/Berlin", setTimeZone},
	{"confirm", "", "true or false", oneOf(func(c *Config) *string { return &c.Gates.Confirm }, ConfirmAlways, ConfirmNever)},
	{"keepImages", "0", "a whole number from 1 to 1000, or 0 to delete none", within(func(c *Config) *int { return &c.Gates.KeepImages }, 0, 1000)},
}

// gateObjects are those whose value is a list.
var gateObjects = []object{
	{key: "before", allowed: "a list of texts: a command and its arguments", take: list(func(c *Config) *[]string { return &c.Gates.Before }, anything)},
	{key: "smoke", allowed: "a list of mappings, each with a path", take: setSmoke},
	{key: "verifyCommand", allowed: "a list of texts: a program and its arguments", take: list(func(c *Config) *[]string { return &c.Gates.VerifyCommand }, anything)},
	{key: "windows", allowed: "a list of texts such as Mon-Fri 09:00-16:00", take: list(func(c *Config) *[]string { return &c.windows }, window)},
}

// none is the word for no severity at all.
const none = "none"

func setMaxSeverity(c *Config, value string) bool {
	c.Gates.MaxSeverity = value
	return value == SeverityAny || value == none || slices.Contains(Severities, value)
}

// durationPattern takes what Go does, with one unit: "1h30m" and "90m" are the same, and one of them is enough.
var durationPattern = regexp.MustCompile(`\A(0|[1-9][0-9]{0,5})(s|m|h)\z`)

func parseDuration(text string, low, high time.Duration) (time.Duration, bool) {
	d, err := time.ParseDuration(text)
	return d, err == nil && durationPattern.MatchString(text) && d >= low && d <= high
}

func duration(field func(*Config) *time.Duration, low, high time.Duration) func(*Config, string) bool {
	return func(c *Config, value string) (ok bool) {
		*field(c), ok = parseDuration(value, low, high)
		return ok
	}
}

// gateContradictions are values about gates that are right alone and wrong together.
func (c *Config) gateContradictions(refuse func(wrong bool, key, value, allowed string)) {
	for _, command := range []struct {
		key  string
		text []string
	}{{"before", c.Gates.Before}, {"verifyCommand", c.Gates.VerifyCommand}} {
		refuse(len(command.text) > 0 && command.text[0] == "", command.key, strings.Join(command.text, " "), "a command and its arguments: the first text is empty")
	}
	refuse(c.zone.String() != "UTC" && len(c.windows) == 0, "timeZone", c.zone.String(), "only together with slipway:windows")
}
