package sandbox

import "slipway/sandbox/resource"

// declared are the resources that the provider remembers, which is made last.
type declared struct{ *services }

func (d declared) Known(token string) ([]resource.Properties, error) {
	return d.remembered.Known(token)
}

func (d declared) Changes() uint64 { return d.remembered.Changes() }
