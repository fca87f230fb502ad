package definition

import (
	"encoding/json"
	"strings"
	"testing"
)

// web is a good Fargate task definition's container.
const web = `{"name":"app","image":"repo@sha256:00","portMappings":[{"containerPort":8080}]}`

func TestContainersAndValidate(t *testing.T) {
	for _, c := range []struct {
		name       string
		task       string // of the task, as JSON
		containers string
		want       string // within the refusal; "" is accepted
	}{
		{"fargate", `{"family":"f","cpu":"256","memory":"512","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"]}`, `[` + web + `]`, ""},
		{"fargate with units", `{"family":"f","cpu":".5 vCPU","memory":"1 GB","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"]}`, `[` + web + `]`, ""},
		{"fargate sizes", `{"family":"f","cpu":"256","memory":"4096","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"]}`, `[` + web + `]`,
			"No Fargate configuration exists for given values: 256 CPU, 4096 memory."},
		{"fargate without cpu", `{"family":"f","memory":"512","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"]}`, `[` + web + `]`,
			"Fargate requires that 'cpu' be defined at the task level."},
		{"fargate in bridge mode", `{"family":"f","cpu":"256","memory":"512","networkMode":"bridge","requiresCompatibilities":["FARGATE"]}`, `[` + web + `]`,
			"Fargate only supports network mode ‘awsvpc’."},
		{"fargate logs without a role", `{"family":"f","cpu":"256","memory":"512","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"]}`,
			`[{"name":"app","image":"i","logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"g","awslogs-region":"r","awslogs-stream-prefix":"p"}}}]`,
			"Fargate requires task definition to have execution role ARN to support log driver awslogs."},
		{"no family", `{}`, `[` + web + `]`, "Family should not be null or empty."},
		{"empty", `{"family":"f"}`, `[]`, "Container list cannot be empty."},
		{"not JSON", `{"family":"f"}`, `[{"name":}]`, "Error decoding JSON"},
		{"a number as a string", `{"family":"f"}`, `[{"name":"a","image":"i","memory":"64"}]`, "memory"},
		{"no name", `{"family":"f"}`, `[{"image":"i","memory":64}]`, "Container.name should not be null or empty."},
		{"no image", `{"family":"f"}`, `[{"name":"a","memory":64}]`, "Container.image should not be null or empty."},
		{"no memory", `{"family":"f"}`, `[{"name":"a","image":"i"}]`, "At least one of 'memory' or 'memoryReservation' must be specified."},
		{"little memory", `{"family":"f"}`, `[{"name":"a","image":"i","memory":4}]`, "the minimum is 6 MiB"},
		{"reservation over memory", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"memoryReservation":128}]`, "'memory' must be greater than 'memoryReservation'"},
		{"none essential", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"essential":false}]`, "at least one essential container"},
		{"same name twice", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64},{"name":"a","image":"i","memory":64}]`, "should be unique"},
		{"port", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"portMappings":[{"containerPort":70000}]}]`, "Invalid containerPort 70000"},
		{"awsvpc host port", `{"family":"f","networkMode":"awsvpc"}`, `[{"name":"a","image":"i","memory":64,"portMappings":[{"containerPort":80,"hostPort":8080}]}]`,
			"the host ports and container ports in port mappings must match"},
		{"protocol", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"portMappings":[{"containerPort":80,"protocol":"sctp"}]}]`, "Invalid protocol"},
		{"secrets", `{"family":"f","executionRoleArn":"r"}`, `[{"name":"a","image":"i","memory":64,"secrets":[{"name":"S","valueFrom":"arn"}]}]`, ""},
		{"empty secrets", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"secrets":[],"mountPoints":[],"volumesFrom":null}]`, ""},
		{"mounts", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"mountPoints":[{"sourceVolume":"v"}]}]`, "containerDefinitions[0].mountPoints is not supported here"},
		{"misspelt", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"healthCheck":{"command":["CMD","x"],"interwal":3}}]`, "containerDefinitions[0].healthCheck.interwal is not supported here"},
		{"health check", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"healthCheck":{"command":["curl","x"]}}]`, "must start with CMD or CMD-SHELL"},
		{"log driver", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"logConfiguration":{"logDriver":"splunk"}}]`, `logDriver "splunk"`},
		{"log group", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"logConfiguration":{"logDriver":"awslogs"}}]`, "requires options"},
		{"hardened", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"readonlyRootFilesystem":true,"dockerSecurityOptions":["no-new-privileges"],
			"linuxParameters":{"initProcessEnabled":true,"capabilities":{"add":[],"drop":["ALL"]}}}]`, ""},
		{"security profile", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"dockerSecurityOptions":["apparmor:x"]}]`, `"apparmor:x" of container 'a' is not supported here`},
		{"security options on Fargate", `{"family":"f","requiresCompatibilities":["FARGATE"]}`, `[{"name":"a","image":"i","memory":64,"dockerSecurityOptions":["no-new-privileges"]}]`, "dockerSecurityOptions are not supported"},
		{"capability", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"linuxParameters":{"capabilities":{"drop":["NET_ROW"]}}}]`, "Invalid capability 'NET_ROW'"},
		{"network mode", `{"family":"f","networkMode":"host"}`, `[{"name":"a","image":"i","memory":64}]`, `networkMode "host" is not supported here`},
		{"dependency", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"dependsOn":[{"containerName":"b","condition":"START"}]}]`, "does not exist"},
		{"cycle", `{"family":"f"}`, `[{"name":"a","image":"i","memory":64,"dependsOn":[{"containerName":"b","condition":"START"}]},
			{"name":"b","image":"i","memory":64,"dependsOn":[{"containerName":"a","condition":"START"}]}]`, "cycle"},
		{"windows", `{"family":"f","runtimePlatform":{"operatingSystemFamily":"WINDOWS_SERVER_2022_CORE"}}`, `[{"name":"a","image":"i","memory":64}]`, "operatingSystemFamily"},
	} {
		var task Task
		if err := json.Unmarshal([]byte(c.task), &task); err != nil {
			t.Fatal(c.name, err)
		}
		containers, err := Containers(c.containers)
		if err == nil {
			task.ContainerDefinitions = containers
			err = task.Validate()
		}
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
}

func TestReserved(t *testing.T) {
	for _, c := range []struct {
		task Task
		want int64
	}{
		{Task{Memory: "1 GB"}, 1024},
		{Task{ContainerDefinitions: []Container{{Memory: 64}, {Memory: 512, MemoryReservation: 128}}}, 192},
	} {
		if got := c.task.Reserved(); got != c.want {
			t.Errorf("Reserved() = %d; want %d", got, c.want)
		}
	}
}
