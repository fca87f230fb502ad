package cli

import (
	"testing"

	"slipway/infra/config"
)

// What is not committed is left out of the image, but for what configures the stack, which is read from the folder.
func TestConfigures(t *testing.T) {
	of := &config.Config{Containers: "ecs/further.json", TaskPolicies: []string{"policies/read.json", "arn:aws:iam::aws:policy/X"}}
	for file, want := range map[string]bool{
		"Pulumi.dev.yaml": true, "shop/Pulumi.yaml": true, "shop/ecs/further.json": true, "policies/read.json": true,
		"app/index.php": false, "further.json": false, "Pulumi.dev.yaml.bak": false,
	} {
		if configures(file, of) != want {
			t.Errorf("%s: %v", file, !want)
		}
	}
}
