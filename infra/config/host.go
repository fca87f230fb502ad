package config

import (
	"net/url"
	"path"
	"path/filepath"
	"regexp"
)

// xen are the families of EC2 before the Nitro system (EC2 user guide, "Instances built on the AWS Nitro System"). They
// show a volume under no name that has its id in it, by which the host tells its own.
var xen = regexp.MustCompile(`\A(t[12]|m[1-4]|c[134]|r[34]|cc2|cr1|cg1|hs1|h1|i2|d2|x1|x1e|p2|p3|g2|g3|g3s|f1)\.`)

var instanceType = regexp.MustCompile(`\A` + instanceTypePattern + `\z`)

func setJenkinsInstanceType(c *Config, value string) bool {
	c.JenkinsInstanceType = value
	return instanceType.MatchString(value) && !xen.MatchString(value)
}

// setGoProxy takes the form of GOPROXY (go help goproxy): entries between commas or bars, each a URL or a word. What is
// not encrypted is refused.
func setGoProxy(c *Config, value string) bool {
	c.GoProxy = value
	for _, entry := range separators.Split(value, -1) {
		if entry == "direct" || entry == "off" {
			continue
		}
		parsed, err := url.Parse(entry)
		if err != nil || parsed.Scheme != "https" || parsed.Host == "" || parsed.User != nil || !plainProxy().MatchString(entry) {
			return false
		}
	}
	return true
}

// projectFolder has no blank: the host reads it from a file of variables.
var projectFolder = whole(`[A-Za-z0-9._/-]{1,1000}`)

// setProjectFolder takes a path within the repository, as git writes it.
func setProjectFolder(c *Config, value string) bool {
	c.ProjectFolder = value
	return projectFolder().MatchString(value) && filepath.IsLocal(value) && path.Clean(value) == value && value[0] != '-'
}

var separators = regexp.MustCompile(`[,|]`)

var plainProxy = whole(`[A-Za-z0-9._~:/@+-]{1,500}`)
