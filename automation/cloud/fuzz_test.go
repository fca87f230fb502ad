package cloud

import (
	"net/http"
	"os"
	"testing"
)

// Whatever an endpoint answers (a proxy's page, half an object, a member of another type), a call ends with an answer or an
// error that says which call it was, and never with a panic.
func FuzzAnswers(f *testing.F) {
	for _, call := range []string{"ecs.DescribeServices.json", "ecs.DescribeTasks.json", "ecs.DescribeTaskDefinition.json", "logs.GetLogEvents.json"} {
		body, err := os.ReadFile("testdata/" + call)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(200, string(body))
		f.Add(200, string(body[:len(body)/2]))
	}
	for _, body := range []string{
		"", "{}", "null", "[]", `{"services": [null]}`, `{"services": [{"deployments": [null], "events": [null]}]}`, `{"tasks": [null]}`,
		`{"tasks": [{"containers": [null], "attributes": [null]}]}`, `{"taskDefinition": {"containerDefinitions": [null]}}`, "<html>proxy</html>",
		`{"services": "none"}`, `{"failures": [{}]}`, `{"services": [{"createdAt": 1e400}]}`,
	} {
		f.Add(200, body)
		f.Add(400, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 499 || status == 204 || status == 304 || status == 429 { // 5xx and throttling are tried again, which takes time
			status = http.StatusOK
		}
		replace := map[string]answer{"ecs.ListTasks": {200, `{"taskArns": ["arn:aws:ecs:us-east-1:0:task/dev/1"]}`}}
		for _, call := range []string{"ecs.DescribeServices", "ecs.DescribeTasks", "ecs.DescribeTaskDefinition", "logs.GetLogEvents"} {
			replace[call] = answer{status, body}
		}
		c, _ := open(t, replace)
		for name, call := range map[string]func() error{
			"service":    func() error { _, err := c.Service(t.Context(), "dev", "app"); return err },
			"tasks":      func() error { _, err := c.Tasks(t.Context(), "dev", "app", true); return err },
			"definition": func() error { _, err := c.Definition(t.Context(), "slipway-dev:8"); return err },
			"lines":      func() error { _, err := c.LastLines(t.Context(), "/slipway/dev", "app/app/1", 20); return err },
		} {
			if err := call(); err != nil && err.Error() == "" {
				t.Errorf("%s: an error without a text", name)
			}
		}
	})
}
