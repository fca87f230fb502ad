package config

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Read checks the configuration of the running stack and the files that it names, relative to a folder: that of Pulumi.yaml.
func Read(ctx *pulumi.Context, folder string) (*Config, error) {
	raw := map[string]string{}
	for _, key := range known.names() {
		if value, given := ctx.GetConfig(Namespace + ":" + key); given {
			raw[key] = value
		}
	}
	listed, err := listedKeys()
	if err != nil {
		return nil, err
	}
	for _, key := range listed {
		if value, given := ctx.GetConfig(Namespace + ":" + key); given {
			raw[key] = value
		}
	}
	c, err := Parse(Named(raw, ctx.Project()))
	if err != nil || c.Kind != KindEnvironment {
		return c, err
	}
	return c, c.ReadFiles(folder)
}

// listedKeys are the keys of ours in the environment of a program that `pulumi up` started. The context answers
// for a key but lists none; an inline program has no such list, and whoever runs it calls Parse with all keys.
func listedKeys() ([]string, error) {
	text := os.Getenv(pulumi.EnvConfig)
	if text == "" {
		return nil, nil
	}
	var all map[string]string
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("reading %s: %w", pulumi.EnvConfig, err)
	}
	var keys []string
	for full := range all {
		if key, ours := strings.CutPrefix(full, Namespace+":"); ours {
			keys = append(keys, key)
		}
	}
	return keys, nil
}
