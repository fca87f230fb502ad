package environment

import "slipway/infra/config"

type capabilities struct {
	Add  []string `json:"add"`
	Drop []string `json:"drop"`
}

type linuxParameters struct {
	Capabilities       *capabilities `json:"capabilities,omitempty"`
	InitProcessEnabled bool          `json:"initProcessEnabled,omitempty"`
}

// hardening is what a container may do less than Docker allows by default.
type hardening struct {
	ReadonlyRootFilesystem bool             `json:"readonlyRootFilesystem,omitempty"`
	LinuxParameters        *linuxParameters `json:"linuxParameters,omitempty"`
	DockerSecurityOptions  []string         `json:"dockerSecurityOptions,omitempty"`
}

// hardeningOf leaves security options out on Fargate, which refuses them (ECS developer guide, "Task definition
// differences for Fargate"); to drop capabilities is possible on both.
func hardeningOf(c *config.Config) hardening {
	h := hardening{ReadonlyRootFilesystem: c.ReadonlyRootFilesystem}
	if c.NoNewPrivileges && c.Capacity == config.CapacityEC2 {
		h.DockerSecurityOptions = []string{"no-new-privileges"}
	}
	if len(c.DropCapabilities) > 0 || c.InitProcess {
		h.LinuxParameters = &linuxParameters{InitProcessEnabled: c.InitProcess}
	}
	if len(c.DropCapabilities) > 0 {
		h.LinuxParameters.Capabilities = &capabilities{Add: []string{}, Drop: c.DropCapabilities}
	}
	return h
}
