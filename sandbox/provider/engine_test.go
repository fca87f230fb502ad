package provider_test

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/sandbox/naming"
	"slipway/sandbox/provider"
	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
	"slipway/sandbox/store"
)

const region = naming.Region("us-east-1")

// built is where the project's set-up puts the CLI.
const built = "../../.slipway/tools"

// command returns the Pulumi CLI of the project, or the one on the PATH.
func command(t *testing.T) auto.PulumiCommand {
	t.Helper()
	root, err := filepath.Abs(built)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "bin", "pulumi")); err != nil {
		path, err := exec.LookPath("pulumi")
		if err != nil {
			t.Fatal("no pulumi CLI: the project's set-up builds it into " + root)
		}
		root = filepath.Dir(filepath.Dir(path))
	}
	c, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve runs a provider on a free port and returns the port.
func serve(t *testing.T, o provider.Options) string {
	t.Helper()
	p := open(t, o)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// open returns an aws provider on a fresh store, with what the options say beyond that.
func open(t *testing.T, o provider.Options) *provider.Provider {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	o.Store, o.Region, o.Version = s, region, "6.83.2"
	if o.Schema == nil {
		o.Schema = schema.AWS()
	}
	p, err := provider.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// stack returns a stack of an inline program on the real engine.
func stack(t *testing.T, port string, program pulumi.RunFunc) auto.Stack {
	t.Helper()
	home := t.TempDir()
	env := map[string]string{
		"PULUMI_BACKEND_URL":                          "file://" + t.TempDir(),
		"PULUMI_HOME":                                 home,
		"PULUMI_CONFIG_PASSPHRASE":                    "test",
		"PULUMI_DEBUG_PROVIDERS":                      "aws:" + port,
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		"PULUMI_SKIP_UPDATE_CHECK":                    "true",
	}
	s, err := auto.UpsertStackInlineSource(t.Context(), "test", "slipway", program,
		auto.Pulumi(command(t)), auto.EnvVars(env), auto.WorkDir(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type thing struct {
	pulumi.CustomResourceState
	Arn     pulumi.StringOutput    `pulumi:"arn"`
	Name    pulumi.StringOutput    `pulumi:"name"`
	Version pulumi.IntOutput       `pulumi:"latestVersion"`
	TagsAll pulumi.StringMapOutput `pulumi:"tagsAll"`
}

// shape is what the tests change of the program.
type shape struct{ tag, cidr string }

// program declares 14 resources of a small environment.
func program(s *shape) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		var failed error
		add := func(token, name string, in pulumi.Map) *thing {
			r := &thing{}
			if err := ctx.RegisterResource(token, name, in, r); err != nil {
				failed = err
			}
			return r
		}
		tags := pulumi.StringMap{"colour": pulumi.String(s.tag)}
		vpc := add("aws:ec2/vpc:Vpc", "main", pulumi.Map{"cidrBlock": pulumi.String("10.0.0.0/16"), "tags": tags})
		gateway := add("aws:ec2/internetGateway:InternetGateway", "main", pulumi.Map{"vpcId": vpc.ID()})
		table := add("aws:ec2/routeTable:RouteTable", "public", pulumi.Map{"vpcId": vpc.ID()})
		add("aws:ec2/route:Route", "out", pulumi.Map{
			"routeTableId": table.ID(), "gatewayId": gateway.ID(), "destinationCidrBlock": pulumi.String("0.0.0.0/0"),
		})
		subnets := pulumi.Array{}
		for i, cidr := range []string{s.cidr, "10.0.2.0/24"} {
			name := "public-" + strconv.Itoa(i)
			subnet := add("aws:ec2/subnet:Subnet", name, pulumi.Map{
				"vpcId": vpc.ID(), "cidrBlock": pulumi.String(cidr), "availabilityZone": pulumi.String(string(region) + string(rune('a'+i))),
			})
			add("aws:ec2/routeTableAssociation:RouteTableAssociation", name, pulumi.Map{"subnetId": subnet.ID(), "routeTableId": table.ID()})
			subnets = append(subnets, subnet.ID())
		}
		group := add("aws:ec2/securityGroup:SecurityGroup", "web", pulumi.Map{"vpcId": vpc.ID(), "description": pulumi.String("web")})
		balancer := add("aws:lb/loadBalancer:LoadBalancer", "web", pulumi.Map{"subnets": subnets, "securityGroups": pulumi.Array{group.ID()}})
		targets := add("aws:lb/targetGroup:TargetGroup", "web", pulumi.Map{"vpcId": vpc.ID(), "port": pulumi.Int(80), "protocol": pulumi.String("HTTP")})
		add("aws:lb/listener:Listener", "web", pulumi.Map{
			"loadBalancerArn": balancer.Arn, "port": pulumi.Int(80),
			"defaultActions": pulumi.Array{pulumi.Map{"type": pulumi.String("forward"), "targetGroupArn": targets.Arn}},
		})
		template := add("aws:ec2/launchTemplate:LaunchTemplate", "host", pulumi.Map{"tags": tags})
		add("aws:autoscaling/group:Group", "host", pulumi.Map{
			"minSize": pulumi.Int(0), "maxSize": pulumi.Int(1), "vpcZoneIdentifiers": subnets,
			"launchTemplate": pulumi.Map{"id": template.ID(), "version": pulumi.Sprintf("%d", template.Version)},
		})
		ctx.Export("arn", vpc.Arn)
		ctx.Export("name", balancer.Name)
		ctx.Export("tags", vpc.TagsAll)
		return failed
	}
}

func TestEngine(t *testing.T) {
	state := &shape{tag: "red", cidr: "10.0.1.0/24"}
	s := stack(t, serve(t, provider.Options{}), program(state))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()

	began := time.Now()
	outputs := up(t, ctx, s, map[string]int{"create": 15})
	t.Logf("an up of 14 resources took %v", time.Since(began))
	arn := outputs["arn"].Value.(string)
	if !strings.HasPrefix(arn, "arn:aws:ec2:us-east-1:000000000000:vpc/vpc-") {
		t.Errorf("arn = %q", arn)
	}
	if name := outputs["name"].Value.(string); len(name) != len("web-1234567") || !strings.HasPrefix(name, "web-") {
		t.Errorf("name = %q", name)
	}

	began = time.Now()
	up(t, ctx, s, map[string]int{"same": 15})
	t.Logf("an up without a change took %v", time.Since(began))
	refresh(t, ctx, s, 15)

	state.tag = "blue"
	preview(t, ctx, s, map[apitype.OpType]int{apitype.OpUpdate: 3, apitype.OpSame: 12})
	outputs = up(t, ctx, s, map[string]int{"update": 3, "same": 12})
	if tags := outputs["tags"].Value.(map[string]any); tags["colour"] != "blue" {
		t.Errorf("tags = %v", tags)
	}

	state.cidr = "10.0.3.0/24"
	preview(t, ctx, s, map[apitype.OpType]int{apitype.OpReplace: 2, apitype.OpUpdate: 2, apitype.OpSame: 11})
	up(t, ctx, s, map[string]int{"replace": 2, "update": 2, "same": 11})
	refresh(t, ctx, s, 15)

	began = time.Now()
	if _, err := s.Destroy(ctx); err != nil {
		t.Fatal(err)
	}
	t.Logf("the destroy took %v", time.Since(began))
}

func up(t *testing.T, ctx context.Context, s auto.Stack, want map[string]int) auto.OutputMap {
	t.Helper()
	r, err := s.Up(ctx)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, *r.Summary.ResourceChanges, want)
	return r.Outputs
}

func preview(t *testing.T, ctx context.Context, s auto.Stack, want map[apitype.OpType]int) {
	t.Helper()
	r, err := s.Preview(ctx, optpreview.Diff())
	if err != nil {
		t.Fatal(err)
	}
	compare(t, r.ChangeSummary, want)
}

func refresh(t *testing.T, ctx context.Context, s auto.Stack, same int) {
	t.Helper()
	r, err := s.Refresh(ctx, optrefresh.ExpectNoChanges())
	if err != nil {
		t.Fatal(err)
	}
	compare(t, *r.Summary.ResourceChanges, map[string]int{"same": same})
}

func compare[K ~string](t *testing.T, got, want map[K]int) {
	t.Helper()
	for k, n := range want {
		if got[k] != n {
			t.Errorf("changes are %v, want %v", got, want)
			return
		}
	}
	if len(got) != len(want) {
		t.Errorf("changes are %v, want %v", got, want)
	}
}

// TestEngineTells checks what a user reads when inputs are wrong and when a service does not become ready,
// and that the next update goes on from there.
func TestEngineTells(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	f := &fake{id: "arn:1", err: errors.New("the deployment was rolled back")}
	inputs := pulumi.Map{"desiredCont": pulumi.Int(2)}
	s := stack(t, serve(t, provider.Options{Behaviours: map[string]resource.Behaviour{service: f}}), func(ctx *pulumi.Context) error {
		return ctx.RegisterResource(service, "web", inputs, &thing{})
	})
	_, err := s.Up(ctx)
	contains(t, err, "aws:ecs/service:Service resource 'web' has a problem: desiredCont does not exist; the nearest that does: desiredCount")

	inputs = pulumi.Map{"desiredCount": pulumi.Int(2)}
	_, err = s.Up(ctx)
	contains(t, err, "aws:ecs/service:Service (web): the deployment was rolled back")

	f.err = nil
	up(t, ctx, s, map[string]int{"update": 1, "same": 1})
	if !strings.HasPrefix(f.in["name"].StringValue(), "web-") || f.in["desiredCount"].NumberValue() != 2 {
		t.Errorf("the behaviour got %v", f.in)
	}
	if _, err := s.Destroy(ctx); err != nil {
		t.Fatal(err)
	}
	if len(f.deleted) != 1 {
		t.Errorf("deleted %v", f.deleted)
	}
}
