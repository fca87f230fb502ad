package config

// taskKeys are the keys that a task definition is made of, but for image and commit: a release that does not work takes
// their changes back with it.
var taskKeys = []string{
	"variables", "secrets", "command", "entryPoint", "user", "stopTimeout", "containers", "containerPort", "cpu", "memory",
	"readonlyRootFilesystem", "dropCapabilities", "noNewPrivileges", "initProcess",
}

// OfTask are the values of the keys that a task definition is made of, with full names, out of the configuration of a stack
// as it was: a key that was not given has its fallback. A value is empty for a key that is to be left out.
func OfTask(was map[string]string) map[string]string {
	values := map[string]string{}
	for _, key := range taskKeys {
		full := Namespace + ":" + key
		values[full] = was[full]
		if values[full] == "" {
			values[full] = known.fallback(key)
		}
	}
	return values
}

// nothing is an object that is not given, for a file whose project gives one.
const nothing = "null"

// fallback is the value that a key without one has.
func (g *group) fallback(key string) string {
	for _, s := range g.settings {
		if s.key == key {
			return s.fallback
		}
	}
	return nothing
}
