package infra

import (
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/infra/config"
	"slipway/infra/outputs"
)

// What would replace a service that serves is refused before anything is declared, with the way to do it.
func TestChangesThatWouldBeAnOutage(t *testing.T) {
	last := map[string]any{
		outputs.AppName: "slipway", outputs.Capacity: "ec2", outputs.VPCCidr: "10.0.0.0/16", outputs.Zones: []any{"us-east-1a", "us-east-1b"},
	}
	for key, c := range map[string]struct {
		value   string
		refused bool
	}{
		"capacity": {"fargate", true}, "vpcCidr": {"10.1.0.0/16", true}, "appName": {"other", true}, "zoneNames": {"us-east-1b,us-east-1c", true},
		"containerPort": {"9090", false}, "zones": {"3", false}, "nat": {"single", false}, "instanceType": {"t3.medium", false},
	} {
		values := map[string]string{"kind": config.KindEnvironment, key: c.value}
		r, err := program(values, ran(last))
		if problems := (*config.Error)(nil); errors.As(err, &problems) != c.refused || !c.refused && err != nil {
			t.Errorf("%s = %s: %v", key, c.value, err)
			continue
		}
		if c.refused && (len(r.all) > 1 || !strings.Contains(err.Error(), "slipway:"+key+" = ") || !strings.Contains(err.Error(), "`slipway destroy dev`")) {
			t.Errorf("%s = %s: %d resources, %v", key, c.value, len(r.all), err)
		}
		idle := map[string]resource.PropertyMap{deliveryStack: deliveryOutputs, devStack: resource.NewPropertyMapFromMap(last)}
		if _, err := program(values, idle); err != nil {
			t.Errorf("%s = %s is refused although nothing serves: %v", key, c.value, err)
		}
	}
}

// A container port is the business of the task definition and the service: nothing is replaced for a new one.
func TestNewContainerPortReplacesNothing(t *testing.T) {
	for name, config := range variants {
		before, after := map[string]string{"image": testImage}, map[string]string{"image": testImage, "containerPort": "9090"}
		for key, value := range config {
			before[key], after[key] = value, value
		}
		for _, kind := range changes(environmentWith(t, before), environmentWith(t, after)) {
			if kind != taskDefinitionType && kind != serviceType {
				t.Errorf("%s: another port changes %s", name, kind)
			}
		}
	}
}
