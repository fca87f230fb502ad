package infra

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/infra/config"
)

// appContainer is a container definition, as far as the keys for the app show in it.
type appContainer struct {
	Name, Image, User string
	CPU, Memory       int
	StopTimeout       int
	Command           []string
	EntryPoint        []string
	Environment       []variable
	Secrets           []struct{ Name, ValueFrom string }
	DependsOn         []struct{ ContainerName, Condition string }
	LinuxParameters   struct {
		Capabilities struct{ Drop []string }
		Tmpfs        []struct{ ContainerPath string }
	}
	LogConfiguration struct{ Options map[string]string }
}

func appContainers(t *testing.T, r *recording) []appContainer {
	t.Helper()
	return decode[[]appContainer](t, r.only(t, taskDefinitionType).text("containerDefinitions"))
}

// appKeys are the keys for the app alone, for both capacities.
func appKeys(more map[string]string) map[string]string {
	keys := map[string]string{}
	for _, key := range []string{"variables", "secrets", "command", "entryPoint", "user", "stopTimeout", "taskPolicies", "healthCheck", "containers"} {
		keys[key] = variants["everything"][key]
	}
	maps.Copy(keys, more)
	return keys
}

func TestWhatTheAppGets(t *testing.T) {
	for capacity, sizes := range map[string][2]int{"ec2": {256, 384}, "fargate": {256 - 16, 512 - 96}} {
		all := appContainers(t, environmentWith(t, appKeys(map[string]string{"capacity": capacity, "image": testImage})))
		if len(all) != 3 {
			t.Fatalf("%s: %d containers", capacity, len(all))
		}
		app := all[0]
		if app.CPU != sizes[0] || app.Memory != sizes[1] || app.User != "1000:1000" || app.StopTimeout != 60 ||
			!slices.Equal(app.Command, []string{"serve", "--now"}) || !slices.Equal(app.EntryPoint, []string{"/entry"}) {
			t.Errorf("%s: %+v", capacity, app)
		}
		if last := app.Environment[len(app.Environment)-1]; last != (variable{"LOG_LEVEL", "info"}) || len(app.Environment) != 4 {
			t.Errorf("%s: variables are %+v", capacity, app.Environment)
		}
		if sprint(app.Secrets) != "[{Name:DATABASE ValueFrom:"+databaseSecret+":password::} {Name:TOKEN ValueFrom:arn:aws:ssm:us-east-1:000000000000:parameter/app/token}]" {
			t.Errorf("%s: secrets are %+v", capacity, app.Secrets)
		}
		if sprint(app.DependsOn) != "[{ContainerName:migrate Condition:SUCCESS}]" || len(app.LinuxParameters.Tmpfs) != 1 || len(app.LinuxParameters.Capabilities.Drop) == 0 {
			t.Errorf("%s: %+v", capacity, app)
		}
		if all[1].Name != "migrate" || all[1].Image != testImage || all[1].LogConfiguration.Options["awslogs-group"] == "" ||
			all[2].Image != "000000000000.dkr.ecr.us-east-1.amazonaws.com/proxy:1" {
			t.Errorf("%s: further containers are %+v", capacity, all[1:])
		}
	}
}

func TestWithoutKeysForTheAppNothingIsAdded(t *testing.T) {
	text := environmentWith(t, nil).only(t, taskDefinitionType).text("containerDefinitions")
	for _, member := range []string{"secrets", "command", "entryPoint", "user", "stopTimeout", "dependsOn"} {
		if strings.Contains(text, `"`+member+`"`) {
			t.Errorf("%s is in %s", member, text)
		}
	}
}

// The execution role may read each secret that a container names, decrypt nothing but these, and pull each image.
func TestExecutionRoleReadsTheNamedSecrets(t *testing.T) {
	r := environmentWith(t, appKeys(map[string]string{"image": testImage}))
	text := r.of("aws:iam/rolePolicy:RolePolicy")[0].text("policy")
	parameters := []string{"arn:aws:ssm:us-east-1:000000000000:parameter/app/token", "arn:aws:ssm:us-east-1:000000000000:parameter/migrate/token"}
	statements := decode[document](t, text).Statement
	want := []struct {
		action, service, context string
		resources                []string
	}{
		{"secretsmanager:GetSecretValue", "secretsmanager", "SecretARN", []string{databaseSecret}},
		{"ssm:GetParameters", "ssm", "PARAMETER_ARN", parameters},
	}
	for i, w := range want {
		read, decrypt := statements[3+2*i], statements[4+2*i]
		if !slices.Equal(read.Action, []string{w.action}) || !slices.Equal(read.Resource, w.resources) || !slices.Equal(decrypt.Action, []string{"kms:Decrypt"}) {
			t.Errorf("statements are %+v, %+v", read, decrypt)
		}
		condition, _ := json.Marshal(decrypt.Condition)
		var context any = w.resources
		if len(w.resources) == 1 {
			context = w.resources[0]
		}
		expected, _ := json.Marshal(map[string]any{"StringEquals": map[string]any{
			"kms:ViaService": w.service + ".us-east-1.amazonaws.com", "kms:EncryptionContext:" + w.context: context,
		}})
		if string(condition) != string(expected) {
			t.Errorf("condition is %s, want %s", condition, expected)
		}
	}
	pull := statements[2].Resource
	if !slices.Equal(pull, []string{"arn:aws:ecr:us-east-1:000000000000:repository/proxy", "arn:aws:ecr:us-east-1:000000000000:repository/slipway"}) {
		t.Errorf("pulls from %q", pull)
	}
}

func TestTaskRoleHasItsPoliciesAndNoOther(t *testing.T) {
	for _, none := range []string{"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/rolePolicy:RolePolicy"} {
		for _, d := range environmentWith(t, map[string]string{"capacity": "fargate"}).of(none) {
			if d.text("role") != "slipway-dev-execution" {
				t.Errorf("%s is declared", d.name)
			}
		}
	}
	r := environmentWith(t, appKeys(map[string]string{"capacity": "fargate"}))
	attached := r.only(t, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
	if attached.text("policyArn") != "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess" || attached.text("role") != "slipway-dev-task" {
		t.Errorf("attached is %v", attached.inputs)
	}
	own := r.of("aws:iam/rolePolicy:RolePolicy")[1]
	if own.name != "slipway-dev-task-policies-uploads" || own.text("role") != "slipway-dev-task" ||
		own.text("policy") != `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::uploads/*"]}]}` {
		t.Errorf("own policy is %v", own.inputs)
	}
	needs(t, r.only(t, serviceType), "RolePolicyAttachment::slipway-dev-task-AmazonSQSReadOnlyAccess", "RolePolicy::slipway-dev-task-policies-uploads")
}

func TestHealthCheckOfTheTargetGroup(t *testing.T) {
	group := environmentWith(t, appKeys(nil)).only(t, "aws:lb/targetGroup:TargetGroup")
	if group.text("healthCheck.path") != "/up" || group.text("healthCheck.matcher") != "200-299" || group.number("healthCheck.interval") != 10 ||
		group.number("healthCheck.timeout") != 9 || group.number("healthCheck.healthyThreshold") != 3 || group.number("healthCheck.unhealthyThreshold") != 4 {
		t.Errorf("health check is %v", group.inputs)
	}
}

// A changed variable is a new task definition and a rollout, like a new image. A secret needs a permission besides.
func TestWhatAChangedKeyChanges(t *testing.T) {
	const policyType = "aws:iam/rolePolicy:RolePolicy"
	for key, c := range map[string]struct {
		value string
		want  []string
	}{
		"variables":   {`{"LOG_LEVEL":"debug"}`, []string{taskDefinitionType}},
		"command":     {`["serve"]`, []string{taskDefinitionType}},
		"stopTimeout": {"61", []string{taskDefinitionType}},
		"secrets":     {`{"TOKEN":"/app/other"}`, []string{taskDefinitionType, policyType}},
		"healthCheck": {`{"path":"/well"}`, []string{"aws:lb/targetGroup:TargetGroup"}},
	} {
		changed := changes(environmentWith(t, variants["everything"]), environmentWith(t, with(variants["everything"], key, c.value)))
		slices.Sort(changed)
		if !slices.Equal(changed, c.want) {
			t.Errorf("%s changes %q", key, changed)
		}
	}
}

func with(config map[string]string, key, value string) map[string]string {
	config = maps.Clone(config)
	config[key] = value
	return config
}

// What a file says wrong is one problem that names the place, before anything is declared.
func TestFilesThatAreWrong(t *testing.T) {
	for name, c := range map[string]struct{ key, text, want string }{
		"no JSON":              {"containers", `- name: x`, "a JSON file"},
		"no list":              {"containers", `{"name":"x"}`, "a list of container definitions"},
		"empty":                {"containers", `[]`, "a list of container definitions"},
		"unknown member":       {"containers", `[{"name":"x","imagee":"y","memory":64}]`, `containers[0].imagee = "y": unknown to ECS; the nearest is image`},
		"unknown inner member": {"containers", `[{"name":"x","memory":64,"healthCheck":{"commands":[]}}]`, "containers[0].healthCheck.commands"},
		"wrong type":           {"containers", `[{"name":"x","memory":"64"}]`, "containers[0].memory = \"64\": a number"},
		"fraction":             {"containers", `[{"name":"x","memory":64.5}]`, "a whole number"},
		"no name":              {"containers", `[{"memory":64}]`, "containers[0].name"},
		"twice":                {"containers", `[{"name":"x","memory":64},{"name":"x","memory":64}]`, "containers[1].name"},
		"no memory":            {"containers", `[{"name":"x"}]`, "containers[0].memory"},
		"too much memory":      {"containers", `[{"name":"x","memory":1900}]`, "hosts for the"},
		"app's own":            {"containers", `[{"name":"app","image":"x"}]`, "containers[0].image = \"x\": nothing in the app's own container: slipway:image says it"},
		"app's capabilities":   {"containers", `[{"name":"app","linuxParameters":{"capabilities":{"add":["SYS_ADMIN"]}}}]`, "slipway:dropCapabilities says it"},
		"needs a permission":   {"containers", `[{"name":"x","memory":64,"environmentFiles":[{"value":"arn:aws:s3:::b/x.env","type":"s3"}]}]`, "the execution role may not read it"},
		"a secret of nowhere":  {"containers", `[{"name":"x","memory":64,"secrets":[{"name":"A","valueFrom":"arn:aws:s3:::b"}]}]`, "containers[0].secrets"},
		"depends on nobody":    {"containers", `[{"name":"app","dependsOn":[{"containerName":"x","condition":"START"}]}]`, "another container of the task"},
		"depends in no way":    {"containers", `[{"name":"x","memory":64},{"name":"app","dependsOn":[{"containerName":"x","condition":"DONE"}]}]`, "START, COMPLETE, SUCCESS or HEALTHY"},
		"wait for each other":  {"containers", `[{"name":"x","memory":64,"dependsOn":[{"containerName":"app","condition":"START"}]},{"name":"app","dependsOn":[{"containerName":"y","condition":"START"}]},{"name":"y","memory":64,"dependsOn":[{"containerName":"x","condition":"START"}]}]`, "do not wait for each other"},
		"waits for an end":     {"containers", `[{"name":"x","memory":64},{"name":"app","dependsOn":[{"containerName":"x","condition":"SUCCESS"}]}]`, `"essential": false`},
		"waits for health":     {"containers", `[{"name":"x","memory":64},{"name":"app","dependsOn":[{"containerName":"x","condition":"HEALTHY"}]}]`, "with a healthCheck"},
		"no policy":            {"taskPolicies", `[]`, "a policy document of IAM"},
		"no version":           {"taskPolicies", `{"Statement":[]}`, "2012-10-17"},
		"no statement":         {"taskPolicies", `{"Version":"2012-10-17","Statement":[]}`, "one statement at least"},
		"a principal":          {"taskPolicies", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}`, "Principal"},
		"no resource":          {"taskPolicies", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject"}}`, "in statement 1, either Resource or NotResource"},
		"an odd action":        {"taskPolicies", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"GetObject","Resource":"*"}}`, "an action such as s3:GetObject"},
		"an odd resource":      {"taskPolicies", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"bucket"}}`, `an ARN or "*"`},
		"too long":             {"taskPolicies", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + strings.Repeat("x", 10240) + `"}}`, "at most 10240 characters"},
		"two values":           {"taskPolicies", `{"Version":"2012-10-17","Statement":[]} {}`, "text behind the value"},
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "file.json"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		values := map[string]string{"kind": config.KindEnvironment, "containers": "file.json"}
		if c.key == "taskPolicies" {
			values = map[string]string{"kind": config.KindEnvironment, "taskPolicies": `["file.json"]`}
		}
		parsed, err := config.Parse(values)
		if err == nil {
			err = parsed.ReadFiles(folder)
		}
		var problems *config.Error
		if !errors.As(err, &problems) || len(problems.Problems) != 1 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFileThatIsMissingDeclaresNothing(t *testing.T) {
	r, err := program(map[string]string{"kind": config.KindEnvironment, "containers": "none.json", "taskPolicies": `["none.json"]`}, nil)
	var problems *config.Error
	if !errors.As(err, &problems) || len(problems.Problems) != 2 || len(r.all) > 1 {
		t.Errorf("got %v and %d resources", err, len(r.all))
	}
}
