package environment

import (
	"fmt"
	"slices"
	"strings"

	"slipway/infra/config"
	"slipway/infra/outputs"
	"slipway/infra/scope"
)

// refuseOutage refuses what would replace the service, the network or all of an environment while it serves: last are the
// outputs of its last update. Before the first release there is nothing to lose.
func refuseOutage(in scope.Scope, last map[string]string) error {
	if last[outputs.Image] == "" {
		return nil
	}
	var problems []config.Problem
	changed := func(key, output, now string) {
		if before := last[output]; before != "" && before != now {
			problems = append(problems, config.Problem{Key: key, Value: now, Allowed: instead(in.Stack, before)})
		}
	}
	changed("appName", outputs.AppName, in.Config.AppName)
	changed("capacity", outputs.Capacity, in.Config.Capacity)
	changed("vpcCidr", outputs.VPCCidr, in.Config.VPCCidr)
	before := scope.Listed(last[outputs.Zones])
	both := min(len(before), len(in.Where.Zones))
	if !slices.Equal(before[:both], in.Where.Zones[:both]) {
		problems = append(problems, config.Problem{Key: "zoneNames", Value: strings.Join(in.Where.Zones, ","),
			Allowed: "those in use first and in their order (" + last[outputs.Zones] + "), so that no subnet is replaced. " + otherwise(in.Stack)})
	}
	if len(problems) > 0 {
		return &config.Error{Problems: problems}
	}
	return nil
}

func instead(stack, before string) string {
	return fmt.Sprintf("%s, as %s is running: another value would replace it while it serves. %s", before, stack, otherwise(stack))
}

func otherwise(stack string) string {
	return "To change it, bring up a second environment with the new value, `slipway promote` the release to it, point the DNS name at it, and `slipway destroy " + stack + "`"
}
