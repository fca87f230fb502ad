package environment

import (
	"maps"
	"slices"

	"slipway/infra/config"
	"slipway/infra/policy"
	"slipway/infra/scope"
)

// secretsOf are all secrets of a task, each once, without the part of a value that ECS picks.
func secretsOf(in scope.Scope) []string {
	texts := slices.Collect(maps.Values(in.Config.Secrets))
	for _, c := range in.Config.Further {
		texts = append(texts, c.Secrets()...)
	}
	arns := map[string]bool{}
	for _, text := range texts {
		s, _ := config.ParseSecret(text)
		s.Part = ""
		arns[policy.ValueFrom(in.Where, s)] = true
	}
	return slices.Sorted(maps.Keys(arns))
}
