package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
)

// deployments answers ListServiceDeployments with the one deployment that a service's task definition has here.
func (f *fleet) deployments(w http.ResponseWriter, body []byte) error {
	var asked struct{ Cluster, Service string }
	if err := json.Unmarshal(body, &asked); err != nil {
		return err
	}
	_, known, err := f.service(member{asked.Cluster, asked.Service})
	if err != nil {
		return err
	}
	at := fmt.Sprintf("%s/%s/%019d", path.Base(asked.Cluster), path.Base(asked.Service), revision(known.ARN))
	arn := fmt.Sprintf("arn:aws:ecs:%s:%s:service-", region, account)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.revisions[arn+"revision/"+at] = known.ARN
	status := "SUCCESSFUL"
	if f.fails(known.Commit) {
		status = "IN_PROGRESS"
	}
	return answerJSON(w, map[string]any{"serviceDeployments": []any{map[string]any{
		"serviceDeploymentArn": arn + "deployment/" + at, "targetServiceRevisionArn": arn + "revision/" + at,
		"status": status, "createdAt": 1.7e9, "startedAt": 1.7e9,
	}}})
}

// revised answers DescribeServiceRevisions for what deployments said before.
func (f *fleet) revised(w http.ResponseWriter, body []byte) error {
	var asked struct{ ServiceRevisionArns []string }
	if err := json.Unmarshal(body, &asked); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	all := []any{}
	for _, arn := range asked.ServiceRevisionArns {
		all = append(all, map[string]any{"serviceRevisionArn": arn, "taskDefinition": f.revisions[arn]})
	}
	return answerJSON(w, map[string]any{"serviceRevisions": all, "failures": []any{}})
}
