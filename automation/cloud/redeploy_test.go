package cloud

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// A task definition with another port than the service's load balancer leads to gets the service back with its own port:
// ECS refuses the one without the other.
func TestRedeployFitsThePort(t *testing.T) {
	for port, want := range map[string]any{"3000": float64(8080), "8080": nil} {
		c, e := open(t, map[string]answer{
			"ecs.DescribeServices": {http.StatusOK, `{"services":[{"serviceName":"web","loadBalancers":[{"targetGroupArn":"arn:tg","containerName":"app","containerPort":` + port + `}]}]}`},
			"ecs.UpdateService":    {http.StatusOK, `{}`},
		})
		if err := c.Redeploy(t.Context(), "cluster", "web", "slipway-dev:8"); err != nil {
			t.Fatal(err)
		}
		var asked struct{ LoadBalancers []map[string]any }
		if err := json.Unmarshal(e.asked["ecs.UpdateService"], &asked); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			if asked.LoadBalancers != nil {
				t.Errorf("a port that fits is set to %v", asked.LoadBalancers)
			}
			continue
		}
		if len(asked.LoadBalancers) != 1 || asked.LoadBalancers[0]["containerPort"] != want || asked.LoadBalancers[0]["targetGroupArn"] != "arn:tg" {
			t.Errorf("asked for %v", asked.LoadBalancers)
		}
	}
}

func TestTip(t *testing.T) {
	c, e := open(t, nil)
	tip, err := c.Tip(t.Context(), "shop", "main")
	var asked struct{ RepositoryName, BranchName string }
	if err := json.Unmarshal(e.asked["codecommit.GetBranch"], &asked); err != nil {
		t.Fatal(err)
	}
	if err != nil || tip != "c9" || asked.RepositoryName != "shop" || asked.BranchName != "main" {
		t.Errorf("%q, %v, asked for %+v", tip, err, asked)
	}
}

func TestServiceDeployments(t *testing.T) {
	c, e := open(t, map[string]answer{
		"ecs.ListServiceDeployments": {http.StatusOK, `{"serviceDeployments":[
			{"serviceDeploymentArn":"arn:1","targetServiceRevisionArn":"arn:r1","status":"SUCCESSFUL","createdAt":1},
			{"serviceDeploymentArn":"arn:2","targetServiceRevisionArn":"arn:r2","status":"ROLLBACK_SUCCESSFUL","statusReason":"circuit breaker","createdAt":2},
			{"serviceDeploymentArn":"arn:0","targetServiceRevisionArn":"arn:r0","status":"STOPPED","createdAt":0}]}`},
		"ecs.DescribeServiceRevisions": {http.StatusOK, `{"serviceRevisions":[
			{"serviceRevisionArn":"arn:r2","taskDefinition":"slipway-dev:8"},{"serviceRevisionArn":"arn:r1","taskDefinition":"slipway-dev:7"}],
			"failures":[{"arn":"arn:r0","reason":"MISSING"}]}`},
	})
	all, err := c.ServiceDeployments(t.Context(), "cluster", "web", time.Time{})
	if err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	if all[0].ARN != "arn:2" || all[0].TaskDefinition != "slipway-dev:8" || all[0].Reason != "circuit breaker" || all[1].TaskDefinition != "slipway-dev:7" || all[2].TaskDefinition != "" {
		t.Errorf("%+v", all)
	}
	var asked struct{ ServiceRevisionArns []string }
	if err := json.Unmarshal(e.asked["ecs.DescribeServiceRevisions"], &asked); err != nil || len(asked.ServiceRevisionArns) != 3 {
		t.Errorf("asked for %+v, %v", asked, err)
	}
}
