package drill

import (
	"time"

	"slipway/automation/drill/app"
)

// Drill is a fault that is made for real, and what the report has to conclude from it.
type Drill struct {
	Name  string        // what a person types
	Fault string        // one line
	Rule  string        // of the diagnosis
	App   app.Behaviour // of the image that is released
	// Program is the file that the image runs in place of the app; "" for the app.
	Program string
	// Settings are lines of the environment's stack file, under config; with them, the environment is updated and nothing is released.
	Settings string
	// Beside is a container more of the task, as slipway:containers has it, with REPOSITORY for that of the images.
	Beside string
	// Tasks is how many the service is scaled to; 0 leaves it.
	Tasks int
}

// All are the drills, in the order in which `all` runs them.
var All = []Drill{
	{Name: "crash", Fault: "the app exits at once", Rule: "crash loop", App: app.Behaviour{Exit: 3}},
	{Name: "killed", Fault: "something kills the app with SIGKILL, and not for memory", Rule: "killed", App: app.Behaviour{Exit: 137}},
	{Name: "memory", Fault: "the app takes more memory than it may", Rule: "out of memory", App: app.Behaviour{Memory: 4096}},
	{Name: "architecture", Fault: "the image is for another CPU architecture", Rule: "architecture", Program: "\x7fELF is all that this has of a program"},
	{Name: "localhost", Fault: "the app listens on 127.0.0.1", Rule: "listens elsewhere", App: app.Behaviour{Listen: "127.0.0.1:8080"}},
	{Name: "port", Fault: "the app listens on another port", Rule: "listens elsewhere", App: app.Behaviour{Listen: ":3000"}},
	{Name: "path", Fault: "the app has no path for the health check", Rule: "health check", App: app.Behaviour{Health: 404}},
	{Name: "host", Fault: "the app refuses the Host of the health check", Rule: "health check", App: app.Behaviour{Health: 400, Say: "Invalid HTTP_HOST header"}},
	{Name: "slow", Fault: "the app starts slower than its grace period", Rule: "slow start", App: app.Behaviour{Say: "warming up", Start: 10 * time.Minute}},
	{Name: "disk", Fault: "a disk of the task is full", Rule: "disk full", App: app.Behaviour{Fill: true}},
	{Name: "secret", Fault: "a secret of the task does not exist", Rule: "secret missing", Settings: "  slipway:secrets:\n    PASSWORD: /drill/there-is-none\n"},
	{Name: "capacity", Fault: "no host has room for the task", Rule: "no capacity", Tasks: 60},
	{Name: "image", Fault: "an image of the task is not in the registry", Rule: "image missing", Settings: "  slipway:containers: containers.json\n",
		Beside: `{"name": "beside", "image": "REPOSITORY:there-is-none", "memory": 64}`},
}

// Find answers the drills that a person means by a name, or all.
func Find(name string) []Drill {
	if name == "all" {
		return All
	}
	for i, d := range All {
		if d.Name == name {
			return All[i : i+1]
		}
	}
	return nil
}
