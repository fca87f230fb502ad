package delivery

import (
	"testing"

	"slipway/infra/config"
	"slipway/infra/scope"
)

func TestConsole(t *testing.T) {
	for _, c := range []struct{ partition, region, want string }{
		{"aws", "eu-west-1", "https://eu-west-1.console.aws.amazon.com"},
		{"aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn"},
		{"aws-us-gov", "us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com"},
	} {
		if got := console(&config.Config{}, scope.Location{Partition: c.partition, Region: c.region}); got != c.want {
			t.Errorf("%s: %s", c.region, got)
		}
	}
}

// Every pipeline name is short enough for CodePipeline to begin an artifact's key with all of it, as the expiry expects.
func TestPipelineNameBeginsKeys(t *testing.T) {
	for _, app := range []string{"ab", "a-very-long-name-yes"} {
		if name := pipelineName(scope.NewNaming(app, "delivery")); len(name) > 20 {
			t.Errorf("pipeline %s has %d characters", name, len(name))
		}
	}
}
