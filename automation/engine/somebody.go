package engine

import (
	"os"
	"os/user"
	"strconv"

	"slipway/automation/project"
)

// somebody is the variables by which pulumi names who works, and where its home is, for whoever runs under a number that has
// no name, as in a container: it takes no lock and opens no backend for nobody.
func somebody(p *project.Project) []string {
	who, err := user.Current()
	if err != nil {
		who = &user.User{Username: "uid-" + strconv.Itoa(os.Getuid())}
	}
	if who.HomeDir == "" {
		who.HomeDir = p.Dir("home")
	}
	var env []string
	for name, value := range map[string]string{"USER": who.Username, "HOME": who.HomeDir} {
		if os.Getenv(name) == "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}
