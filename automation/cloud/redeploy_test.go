package cloud

import (
	"encoding/json"
	"net/http"
	"testing"
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
