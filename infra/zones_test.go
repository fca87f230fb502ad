package infra

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/infra/config"
	"slipway/infra/outputs"
)

// zonesOf are those of the public subnets, in order.
func zonesOf(r *recording) []string {
	var zones []string
	for _, subnet := range r.of("aws:ec2/subnet:Subnet") {
		if strings.Contains(subnet.name, "-public-") {
			zones = append(zones, subnet.text("availabilityZone"))
		}
	}
	return zones
}

// ran is a stack that runs an image, with more outputs.
func ran(more map[string]any) map[string]resource.PropertyMap {
	last := resource.NewPropertyMapFromMap(more)
	last[outputs.Image] = resource.NewProperty(testImage)
	return map[string]resource.PropertyMap{deliveryStack: deliveryOutputs, devStack: last}
}

func TestZonesAreChosenOnceAndStay(t *testing.T) {
	for name, c := range map[string]struct {
		config map[string]string
		last   []any
		want   []string
	}{
		"first":                           {map[string]string{}, nil, []string{"us-east-1a", "us-east-1b"}},
		"that offer the type":             {map[string]string{"instanceType": "c7i.large"}, nil, []string{"us-east-1b", "us-east-1c"}},
		"any for fargate":                 {map[string]string{"capacity": "fargate", "instanceType": "c7i.large"}, nil, []string{"us-east-1a", "us-east-1b"}},
		"those of the last update":        {map[string]string{}, []any{"us-east-1c", "us-east-1a"}, []string{"us-east-1c", "us-east-1a"}},
		"also one that is out of service": {map[string]string{}, []any{"us-east-1x", "us-east-1a"}, []string{"us-east-1x", "us-east-1a"}},
		"and one more":                    {map[string]string{"zones": "3"}, []any{"us-east-1c", "us-east-1a"}, []string{"us-east-1c", "us-east-1a", "us-east-1b"}},
		"named":                           {map[string]string{"zoneNames": "us-east-1c,us-east-1b"}, nil, []string{"us-east-1c", "us-east-1b"}},
		"as many as are named":            {map[string]string{"zoneNames": "us-east-1c,us-east-1b,us-east-1a"}, nil, []string{"us-east-1c", "us-east-1b", "us-east-1a"}},
	} {
		values := map[string]string{"kind": config.KindEnvironment, "image": testImage}
		for key, value := range c.config {
			values[key] = value
		}
		r, err := program(values, ran(map[string]any{outputs.Zones: c.last}))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := zonesOf(r); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if got := sprint(r.exported[outputs.Zones]); got != sprint(c.want) {
			t.Errorf("%s: exported are %s", name, got)
		}
	}
}

func TestZonesThatDoNotDo(t *testing.T) {
	for name, c := range map[string]struct {
		config map[string]string
		want   string
	}{
		"no zone offers it":  {map[string]string{"instanceType": "t1.micro"}, `slipway:instanceType = "t1.micro": an instance type that us-east-1 offers`},
		"one zone offers it": {map[string]string{"instanceType": "p5.48xlarge"}, `slipway:zones = "2": at most 1: us-east-1 has 1 availability zone(s) that offer p5.48xlarge: us-east-1b`},
		"another region's":   {map[string]string{"zoneNames": "eu-west-1a,us-east-1a"}, `slipway:zoneNames = "eu-west-1a,us-east-1a": zones of us-east-1: us-east-1a, us-east-1b, us-east-1c`},
	} {
		c.config["kind"], c.config["image"] = config.KindEnvironment, testImage
		r, err := program(c.config, map[string]resource.PropertyMap{devStack: {}, deliveryStack: deliveryOutputs})
		if problems := (*config.Error)(nil); !errors.As(err, &problems) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if len(r.all) > 1 {
			t.Errorf("%s: %d resources were declared", name, len(r.all))
		}
	}
}

func TestZoneOfTheJenkinsHost(t *testing.T) {
	for name, c := range map[string]struct {
		config map[string]string
		last   []any
		want   string
	}{
		"first":                  {nil, nil, "us-east-1a"},
		"of the last update":     {nil, []any{"us-east-1x"}, "us-east-1x"},
		"named":                  {map[string]string{"zoneNames": "us-east-1c,us-east-1a"}, []any{"us-east-1x"}, "us-east-1c"},
		"of a network":           {deliveryVariants["given"], []any{"us-east-1x"}, "us-east-1b"},
		"that offers its type":   {map[string]string{"jenkinsInstanceType": "c7i.large"}, nil, "us-east-1b"},
		"without the last one's": {map[string]string{"deleteJenkinsHome": "true"}, []any{}, "us-east-1a"},
	} {
		if nativeArchitecture() != config.ArchitectureX86 && c.config["jenkinsInstanceType"] != "" {
			continue
		}
		r, err := deliveryBeside(c.config, map[string]resource.PropertyMap{deliveryStack: resource.NewPropertyMapFromMap(map[string]any{outputs.Zones: c.last})})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := r.only(t, "aws:ebs/volume:Volume").text("availabilityZone"); got != c.want || sprint(r.exported[outputs.Zones]) != "["+c.want+"]" {
			t.Errorf("%s: the volume is in %s, exported is %v", name, got, r.exported[outputs.Zones])
		}
	}
}
