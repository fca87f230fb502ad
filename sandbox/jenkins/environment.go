package jenkins

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// endpointVariable is by what the AWS SDKs and the aws CLI find the instance metadata service elsewhere than at
// 169.254.169.254.
const endpointVariable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"

// network is what stands in for the network that a host on AWS has, as KEY=value. It wins over the host's files.
func (h *host) network() []string {
	all := []string{endpointVariable + "=" + h.metadata.url}
	if h.options.Env != nil {
		all = append(all, h.options.Env()...)
	}
	return all
}

// environment returns the variables of the worker, and the address of its health endpoint: those of its unit, and
// what systemd gives to every service of the user jenkins.
func (w *worker) environment(variables map[string]string) (env []string, health string) {
	h := w.host
	all := map[string]string{"HOME": h.path(h.home), "USER": "jenkins", "LOGNAME": "jenkins", "LANG": "C.UTF-8"}
	for name, value := range h.translate(variables) {
		all[name] = h.local(value)
	}
	for _, variable := range slices.Concat(h.network(), h.options.WorkerEnv) {
		name, value, _ := strings.Cut(variable, "=")
		all[name] = value
	}
	all["PATH"] = h.searchPath()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		env = append(env, name+"="+all[name])
	}
	return env, all["SLIPWAY_WORKER_HEALTH"]
}

// local returns a text in which the host's own network is its loopback address on this machine.
func (h *host) local(text string) string {
	return strings.NewReplacer("127.0.0.1", h.Address, "localhost", h.Address).Replace(text)
}

// searchPath is the PATH of what runs on the host.
func (h *host) searchPath() string {
	if h.options.Path == "" {
		return h.path("/usr/local/bin")
	}
	return h.path("/usr/local/bin") + string(filepath.ListSeparator) + h.options.Path
}
