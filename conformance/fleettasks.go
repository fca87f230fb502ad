package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
)

const (
	hostID      = "i-0c0f0c0f0c0f0c0f0" // of every task that has a host
	firstPort   = 32768                 // of the ports that ECS gives to tasks in bridge mode
	appAddress  = "10.0.16.%d"
	crashReason = "Essential container in task exited"
)

// describe shows tasks that were listed before.
func (f *fleet) describe(w http.ResponseWriter, body []byte) error {
	var asked struct {
		Cluster string
		Tasks   []string
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	shown := []map[string]any{}
	for _, arn := range asked.Tasks {
		if t, known := f.tasks[arn]; known {
			shown = append(shown, t.shown(arn, path.Base(asked.Cluster)))
		}
	}
	return answerJSON(w, map[string]any{"tasks": shown, "failures": []string{}})
}

func (t task) shown(arn, cluster string) map[string]any {
	_, digest, _ := strings.Cut(t.definition.Image, "@")
	container := map[string]any{"name": "app", "image": t.definition.Image, "imageDigest": digest, "lastStatus": "RUNNING"}
	shown := map[string]any{
		"taskArn": arn, "clusterArn": clusterARN(cluster), "taskDefinitionArn": t.definition.ARN, "startedBy": deploymentOf(t.definition.ARN),
		"lastStatus": "RUNNING", "desiredStatus": "RUNNING", "createdAt": 1.7e9, "containers": []any{container},
	}
	if t.definition.Network == "awsvpc" {
		container["networkInterfaces"] = []any{map[string]any{"privateIpv4Address": t.address()}}
	} else {
		shown["containerInstanceArn"] = fmt.Sprintf("arn:aws:ecs:%s:%s:container-instance/%s/%032x", region, account, cluster, 1)
		container["networkBindings"] = []any{map[string]any{"hostPort": t.port(), "containerPort": t.definition.Port, "protocol": "tcp"}}
	}
	if t.stopped {
		container["lastStatus"], container["exitCode"] = "STOPPED", 1
		shown["lastStatus"], shown["desiredStatus"] = "STOPPED", "STOPPED"
		shown["stopCode"], shown["stoppedReason"], shown["stoppedAt"] = "EssentialContainerExited", crashReason, 1.7e9
	}
	return shown
}

func clusterARN(name string) string {
	return fmt.Sprintf("arn:aws:ecs:%s:%s:cluster/%s", region, account, name)
}

func (t task) address() string { return fmt.Sprintf(appAddress, t.number+4) }

func (t task) port() int {
	if t.definition.Network == "awsvpc" {
		return t.definition.Port
	}
	return firstPort + t.number
}

func (f *fleet) hosts(w http.ResponseWriter, body []byte) error {
	var asked struct{ ContainerInstances []string }
	if err := json.Unmarshal(body, &asked); err != nil {
		return err
	}
	var shown []map[string]any
	for _, arn := range asked.ContainerInstances {
		shown = append(shown, map[string]any{"containerInstanceArn": arn, "ec2InstanceId": hostID, "status": "ACTIVE", "agentConnected": true})
	}
	return answerJSON(w, map[string]any{"containerInstances": shown, "failures": []string{}})
}

// health shows each running task of the group's service as a healthy target.
func (f *fleet) health(w http.ResponseWriter, form string) error {
	asked, err := url.ParseQuery(form)
	if err != nil {
		return err
	}
	f.mu.Lock()
	owner := f.groups[asked.Get("TargetGroupArn")]
	f.mu.Unlock()
	arns, err := f.of(owner, false)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprint(w, `<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult><TargetHealthDescriptions>`)
	for _, arn := range arns {
		t := f.tasks[arn]
		id := hostID
		if t.definition.Network == "awsvpc" {
			id = t.address()
		}
		fmt.Fprintf(w, `<member><Target><Id>%s</Id><Port>%d</Port></Target><TargetHealth><State>healthy</State></TargetHealth></member>`, id, t.port())
	}
	_, err = fmt.Fprint(w, `</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`)
	return err
}
