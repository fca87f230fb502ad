package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	acmsdk "github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	codecommitsdk "github.com/aws/aws-sdk-go-v2/service/codecommit"
	codepipelinesdk "github.com/aws/aws-sdk-go-v2/service/codepipeline"
	ecrsdk "github.com/aws/aws-sdk-go-v2/service/ecr"
	ecssdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	kmssdk "github.com/aws/aws-sdk-go-v2/service/kms"
	secretsmanagersdk "github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	snssdk "github.com/aws/aws-sdk-go-v2/service/sns"
	ssmsdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	stssdk "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"

	"slipway/sandbox/acm"
	"slipway/sandbox/awsapi"
	"slipway/sandbox/codecommit"
	"slipway/sandbox/codepipeline"
	"slipway/sandbox/ecr"
	"slipway/sandbox/ecs"
	"slipway/sandbox/elbv2"
	"slipway/sandbox/events"
	"slipway/sandbox/kms"
	"slipway/sandbox/logs"
	"slipway/sandbox/secretsmanager"
	"slipway/sandbox/sns"
	"slipway/sandbox/ssm"
	"slipway/sandbox/sts"
)

// clients are AWS's own clients of the services here.
var clients = []struct {
	api    awsapi.Service
	client func(aws.Config) any
}{
	{new(acm.Service).API(), func(c aws.Config) any { return acmsdk.NewFromConfig(c) }},
	{new(codecommit.Service).API(), func(c aws.Config) any { return codecommitsdk.NewFromConfig(c) }},
	{new(codepipeline.Service).API(), func(c aws.Config) any { return codepipelinesdk.NewFromConfig(c) }},
	{new(ecr.Service).API(), func(c aws.Config) any { return ecrsdk.NewFromConfig(c) }},
	{new(ecs.Service).API(), func(c aws.Config) any { return ecssdk.NewFromConfig(c) }},
	{new(elbv2.Service).API(), func(c aws.Config) any { return elasticloadbalancingv2.NewFromConfig(c) }},
	{new(events.Service).API(), func(c aws.Config) any { return eventbridge.NewFromConfig(c) }},
	{new(kms.Service).API(), func(c aws.Config) any { return kmssdk.NewFromConfig(c) }},
	{new(logs.Service).API(), func(c aws.Config) any { return cloudwatchlogs.NewFromConfig(c) }},
	{new(secretsmanager.Service).API(), func(c aws.Config) any { return secretsmanagersdk.NewFromConfig(c) }},
	{new(sns.Service).API(), func(c aws.Config) any { return snssdk.NewFromConfig(c) }},
	{new(ssm.Service).API(), func(c aws.Config) any { return ssmsdk.NewFromConfig(c) }},
	{new(sts.Service).API(), func(c aws.Config) any { return stssdk.NewFromConfig(c) }},
}

// Every member of every call arrives as AWS's own client sends it, and is read by that client as it was answered.
func TestEveryCallIsWhatTheSDKSays(t *testing.T) {
	if len(clients) != len((&services{}).apis()) {
		t.Errorf("%d of %d services are compared", len(clients), len((&services{}).apis()))
	}
	for _, c := range clients {
		t.Run(c.api.Name, func(t *testing.T) {
			asked := &members{}
			for _, name := range slices.Sorted(maps.Keys(c.api.Actions)) {
				roundTrip(t, c.api, name, c.client, asked)
			}
			for name := range c.api.Refused {
				if !reflect.ValueOf(c.client(sdkConfig(""))).MethodByName(name).IsValid() || c.api.Actions[name].Run != nil {
					t.Errorf("%s is no call of the SDK, or one that is here", name)
				}
			}
			for _, member := range asked.strange() {
				if !slices.Contains(younger, member) {
					t.Errorf("no input of the SDK has the member %s", member)
				}
			}
		})
	}
}

// roundTrip makes one call with every member that the action understands and answers it with every member that it can
// answer. Calls may share a type for their inputs, so members of which this one's input knows nothing are only noted.
func roundTrip(t *testing.T, api awsapi.Service, name string, client func(aws.Config) any, asked *members) {
	t.Helper()
	action := api.Actions[name]
	answer, arrived := sample(action.Output), reflect.New(action.Input)
	api.Actions = map[string]awsapi.Action{name: {Run: func(_ context.Context, decode func(any) error) (any, error) {
		return answer.Interface(), decode(arrived.Interface())
	}}}
	server := httptest.NewServer(awsapi.NewHandler(slog.New(slog.DiscardHandler), api))
	defer server.Close()
	call := reflect.ValueOf(client(sdkConfig(server.URL))).MethodByName(name)
	if !call.IsValid() {
		t.Errorf("the SDK has no call %s", name)
		return
	}
	question, input := sample(action.Input), reflect.New(call.Type().In(1).Elem())
	if err := asked.copy(input.Elem(), question, name); err != nil {
		t.Error(err)
	}
	results := call.Call([]reflect.Value{reflect.ValueOf(t.Context()), input})
	if err, failed := results[1].Interface().(error); failed {
		t.Errorf("%s: %v", name, err)
		return
	}
	if !reflect.DeepEqual(arrived.Elem().Interface(), question.Interface()) {
		t.Errorf("%s: sent %+v, arrived %+v", name, question.Interface(), arrived.Elem().Interface())
	}
	told, output := &members{}, reflect.New(call.Type().Out(0).Elem())
	if err := told.copy(output.Elem(), answer, name); err != nil {
		t.Error(err)
	}
	for _, member := range told.strange() {
		if !slices.Contains(younger, member) {
			t.Errorf("%s: the SDK's output has no member %s", name, member)
		}
	}
	results[0].Elem().FieldByName("ResultMetadata").SetZero()
	if got, want := asText(t, results[0]), asText(t, output); got != want {
		t.Errorf("%s: answered\n%s\nreceived\n%s", name, want, got)
	}
}

func asText(t *testing.T, v reflect.Value) string {
	b, err := json.Marshal(v.Interface())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// younger are members that AWS has had since April 2024, after the version of the KMS client that Pulumi's engine pins
// (KMS API reference, EnableKeyRotation and GetKeyRotationStatus, 2026-11).
var younger = []string{
	"kms.enableRotationInput.RotationPeriodInDays", "kms.rotationOutput.KeyId", "kms.rotationOutput.NextRotationDate",
	"kms.rotationOutput.RotationPeriodInDays",
}

// sdkConfig leads AWS's clients to a server, without their own checks of what has to be there.
func sdkConfig(url string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
		RetryMaxAttempts: 1,
		APIOptions: []func(*middleware.Stack) error{func(s *middleware.Stack) error {
			_, _ = s.Initialize.Remove("OperationInputValidation") // a call without members has none
			return nil
		}},
	}
}

// moment has the precision of AWS's timestamps.
var moment = time.UnixMilli(1767225600500).UTC()

// sample returns a value of a type with something in every member, and nothing in those of any type, which are refused
// when they are sent.
func sample(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	if t == reflect.TypeFor[json.RawMessage]() {
		return v
	}
	switch t.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(sample(t.Elem()))
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() {
			return reflect.ValueOf(moment)
		}
		for _, field := range reflect.VisibleFields(t) {
			if field.IsExported() && (!field.Anonymous || t.NumField() == 1) {
				v.FieldByIndex(field.Index).Set(sample(field.Type))
			}
		}
	case reflect.Slice:
		if each := sample(t.Elem()); !each.IsZero() {
			v.Set(reflect.Append(v, each))
		}
	case reflect.Map:
		if each := sample(t.Elem()); !each.IsZero() {
			v.Set(reflect.MakeMap(t))
			v.SetMapIndex(sample(t.Key()), each)
		}
	case reflect.String:
		v.SetString("a text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Uint8:
		v.SetUint(65)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	}
	return v
}

// members are those of the types here, and whether a type of the SDK has them.
type members struct{ found map[string]bool }

func (m *members) strange() (names []string) {
	for name, found := range m.found {
		if !found {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// copy copies a value into the SDK's type for it, and takes from it what that type has no place for.
func (m *members) copy(to, from reflect.Value, path string) error {
	switch {
	case from.Kind() == reflect.Interface, slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map}, from.Kind()) && from.IsNil():
		return nil
	case from.Kind() == reflect.Pointer:
		return m.copy(to, from.Elem(), path)
	case to.Kind() == reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return m.copy(to.Elem(), from, path)
	case to.Type() == reflect.TypeFor[time.Time]() && from.Kind() == reflect.Struct && from.NumField() == 1:
		to.Set(from.Field(0))
		return nil
	case to.Kind() != from.Kind() && !(to.CanInt() && from.CanInt()) && !(to.CanFloat() && from.CanFloat()):
		return fmt.Errorf("%s is %s in the SDK and %s here", path, to.Type(), from.Type())
	}
	switch to.Kind() {
	case reflect.Struct:
		return m.copyStruct(to, from, path)
	case reflect.Slice:
		to.Set(reflect.MakeSlice(to.Type(), 1, 1))
		return m.copy(to.Index(0), from.Index(0), path)
	case reflect.Map:
		return m.copyMap(to, from, path)
	}
	to.Set(from.Convert(to.Type()))
	return nil
}

func (m *members) copyMap(to, from reflect.Value, path string) error {
	to.Set(reflect.MakeMap(to.Type()))
	for _, key := range from.MapKeys() {
		value := reflect.New(to.Type().Elem()).Elem()
		if err := m.copy(value, from.MapIndex(key), path); err != nil {
			return err
		}
		to.SetMapIndex(key.Convert(to.Type().Key()), value)
	}
	return nil
}

func (m *members) copyStruct(to, from reflect.Value, path string) error {
	for _, field := range reflect.VisibleFields(from.Type()) {
		name := wireName(field)
		if field.Anonymous || !field.IsExported() || name == "-" {
			continue
		}
		member, value := to.FieldByNameFunc(func(s string) bool { return strings.EqualFold(s, name) }), from.FieldByIndex(field.Index)
		owner := from.Type()
		for _, i := range field.Index[:len(field.Index)-1] {
			owner = owner.Field(i).Type
		}
		m.note(owner.String()+"."+name, member.IsValid())
		if !member.IsValid() {
			value.SetZero() // it is not sent
			continue
		}
		if err := m.copy(member, value, path+"."+name); err != nil {
			return err
		}
	}
	return nil
}

func (m *members) note(name string, found bool) {
	if m.found == nil {
		m.found = map[string]bool{}
	}
	m.found[name] = m.found[name] || found
}

// wireName is the name of a member in requests and answers.
func wireName(field reflect.StructField) string {
	for _, tag := range []string{"json", "query", "xml"} {
		name, _, _ := strings.Cut(field.Tag.Get(tag), ",")
		if name, _, _ = strings.Cut(name, ">"); name != "" {
			return name
		}
	}
	return field.Name
}
