package logs

import (
	"context"
	"os"
	"regexp"
	"slices"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// Behaviours are the Pulumi resource types that CloudWatch Logs has here.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{"aws:cloudwatch/logGroup:LogGroup": groupBehaviour{s}}
}

// groupBehaviour is aws:cloudwatch/logGroup:LogGroup. Its id is the name.
type groupBehaviour struct{ *Service }

var _ resource.Behaviour = groupBehaviour{}

type groupInputs struct {
	Name       string            `json:"name"`
	NamePrefix string            `json:"namePrefix"`
	Retention  int               `json:"retentionInDays"`
	Class      string            `json:"logGroupClass"`
	KMSKey     string            `json:"kmsKeyId"`
	Skip       bool              `json:"skipDestroy"`
	Tags       map[string]string `json:"tags"`
}

var (
	groupName  = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)
	retentions = []int{0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)

func (in groupInputs) check() error {
	if !groupName.MatchString(in.Name) {
		return invalid("1 validation error detected: Value '%s' at 'logGroupName' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+", in.Name)
	}
	if !slices.Contains(retentions, in.Retention) {
		return invalid("1 validation error detected: Value '%d' at 'retentionInDays' failed to satisfy constraint: "+
			"Member must satisfy enum value set: %v", in.Retention, retentions[1:])
	}
	return nil
}

func (b groupBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args groupInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	if args.Name == "" {
		if args.Name = args.NamePrefix + naming.Hex(16); args.NamePrefix == "" {
			args.Name = "log-group-" + naming.Hex(7)
		}
	}
	out, err := b.create(args)
	return args.Name, out, err
}

func (b groupBehaviour) create(args groupInputs) (resource.Properties, error) {
	if err := args.check(); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, exists := b.streams[args.Name]; exists {
		return nil, awsapi.Errorf("ResourceAlreadyExistsException", "The specified log group already exists")
	}
	if err := os.RemoveAll(b.path(args.Name)); err != nil {
		return nil, err
	}
	out, err := b.put(args, b.clock.Now().UnixMilli())
	if err == nil {
		b.streams[args.Name] = map[string]*stream{}
	}
	return out, err
}

func (b groupBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args groupInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	args.Name = id
	if err := args.check(); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	old, found, err := b.groups.Get(id)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, errNoGroup()
	}
	return b.put(args, old.Created)
}

func (b groupBehaviour) put(args groupInputs, created int64) (resource.Properties, error) {
	g := group{
		Name: args.Name, Created: created, Retention: args.Retention, Class: args.Class,
		Tags: args.Tags, KMSKey: args.KMSKey, Skip: args.Skip,
	}
	return resource.Properties{
		"name": property.NewStringProperty(g.Name), "arn": property.NewStringProperty(b.arn(g.Name)),
		"logGroupClass": property.NewStringProperty(b.view(g).Class),
	}, b.groups.Put(g.Name, g)
}

// Delete removes the group with its events, unless it was made with skipDestroy.
func (b groupBehaviour) Delete(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	g, found, err := b.groups.Get(id)
	if err != nil || !found || g.Skip {
		return err
	}
	return b.remove(id)
}

// remove deletes a group with its events. The lock is held.
func (s *Service) remove(group string) error {
	if err := s.groups.Delete(group); err != nil {
		return err
	}
	delete(s.streams, group)
	return os.RemoveAll(s.path(group))
}
