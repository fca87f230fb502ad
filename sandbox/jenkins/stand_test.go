package jenkins_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/jenkins"
	"slipway/sandbox/jenkins/metadata"
	"slipway/sandbox/resource"
	"slipway/sandbox/store"
)

// TestMain makes the test binary what the hosts install: as "slipway worker" it is a worker that is ready when
// Jenkins takes its password.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "worker" {
		err := work()
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func work() error {
	if complaint := os.Getenv("WORKER_COMPLAINT"); complaint != "" {
		return errors.New(complaint)
	}
	if err := os.WriteFile(filepath.Join(os.Getenv("SLIPWAY_WORKER_DIR"), "pid"), fmt.Append(nil, os.Getpid()), 0o600); err != nil {
		return err
	}
	http.HandleFunc("GET /ready", func(w http.ResponseWriter, r *http.Request) {
		if err := askJenkins(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
	return http.ListenAndServe(os.Getenv("SLIPWAY_WORKER_HEALTH"), nil)
}

func askJenkins(ctx context.Context) error {
	password, err := os.ReadFile(os.Getenv("SLIPWAY_JENKINS_PASSWORD_FILE"))
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, os.Getenv("SLIPWAY_JENKINS_URL")+"/job/slipway/api/json", nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(os.Getenv("SLIPWAY_JENKINS_USER"), string(password))
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return nil
}

// bucket is what the hosts download from, and what they write to.
type bucket struct {
	content []byte
	mu      sync.Mutex
	written map[string][]string // what was written under a key, one after the other
}

func (b *bucket) Get(_ context.Context, name, key string) (io.ReadCloser, int64, error) {
	if name != "artifacts" || !strings.HasSuffix(key, "/slipway") {
		return nil, 0, fmt.Errorf("NoSuchKey: %s/%s", name, key)
	}
	return io.NopCloser(bytes.NewReader(b.content)), int64(len(b.content)), nil
}

func (b *bucket) Put(_ context.Context, name, key string, content io.Reader) error {
	text, err := io.ReadAll(content)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.written[name+"/"+key] = append(b.written[name+"/"+key], string(text))
	return err
}

func (b *bucket) texts(key string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.written[key])
}

// profiles are the instance profiles: the one of Jenkins has a role.
type profiles struct{}

func (profiles) Role(profile, instance string) (metadata.Role, bool, error) {
	return metadata.Role{Name: "jenkins-role", Assume: func(ttl time.Duration) (metadata.Credentials, error) {
		return metadata.Credentials{AccessKeyID: "ASIA", SecretAccessKey: instance, SessionToken: "token", Expires: time.Now().Add(ttl)}, nil
	}}, profile == "jenkins", nil
}

// parameters are secrets by name.
type parameters struct {
	mu  sync.Mutex
	all map[string]string
}

func (p *parameters) Value(_ context.Context, name string) (string, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	v, ok := p.all[name]
	return v, ok, nil
}

func (p *parameters) Create(_ context.Context, name, value string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all[name] = value
	return nil
}

// stand is the service with what it needs. It can be stopped and started again.
type stand struct {
	*jenkins.Service
	t          *testing.T
	options    jenkins.Options
	parameters *parameters
	bucket     *bucket
	binary     []byte
	stop       func()
}

func newStand(t *testing.T) *stand {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{t: t, parameters: &parameters{all: map[string]string{}}, binary: binary}
	s.bucket = &bucket{content: binary, written: map[string][]string{}}
	s.options = jenkins.Options{
		Dir: t.TempDir(), Objects: s.bucket, Parameters: s.parameters, Path: os.Getenv("PATH"), Roles: profiles{},
		Env: func() []string { return []string{"AWS_ENDPOINT_URL=http://127.0.0.1:4500"} }, StopGrace: 10 * time.Second,
	}
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

func (s *stand) start() {
	s.t.Helper()
	st, err := store.Open(filepath.Join(s.options.Dir, "state.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	if s.Service, err = jenkins.New(st, "us-east-1", s.options); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-done, st.Close()); err != nil {
			s.t.Error(err)
		}
	})
}

func (s *stand) create(token string, in map[string]any) (string, resource.Properties) {
	s.t.Helper()
	id, out, err := s.Behaviours()[token].Create(s.t.Context(), properties(in))
	if err != nil {
		s.t.Fatal(err)
	}
	return id, out
}

func (s *stand) delete(token, id string) error {
	return s.Behaviours()[token].Delete(s.t.Context(), id)
}

const (
	instanceType    = "aws:ec2/instance:Instance"
	eipType         = "aws:ec2/eip:Eip"
	associationType = "aws:ec2/eipAssociation:EipAssociation"
	attachmentType  = "aws:ec2/volumeAttachment:VolumeAttachment"
	volumeType      = "aws:ebs/volume:Volume"
)

// userData is the fixture with the values that a stack would put in.
func (s *stand) userData(address, volume string) string {
	text, err := os.ReadFile("testdata/userdata.yaml")
	if err != nil {
		s.t.Fatal(err)
	}
	sum := sha256.Sum256(s.binary)
	return strings.NewReplacer("THE_CHECKSUM", hex.EncodeToString(sum[:]), "THE_VOLUME", volume, "THE_ADDRESS", address).Replace(string(text))
}

// site is a host with all that belongs to it.
type site struct {
	*stand
	eip, ip, volume, instance, association, attachment string
}

// build makes a host in the order in which a stack makes it.
func (s *stand) build(change func(userData string) string) *site {
	s.t.Helper()
	x := &site{stand: s}
	var out resource.Properties
	x.eip, out = s.create(eipType, map[string]any{})
	x.ip = out["publicIp"].StringValue()
	x.volume, _ = s.create(volumeType, map[string]any{"availabilityZone": "us-east-1a"})
	x.instance = x.launch(change)
	x.attachment, _ = s.create(attachmentType, map[string]any{"deviceName": "/dev/sdf", "instanceId": x.instance, "volumeId": x.volume})
	x.association, _ = s.create(associationType, map[string]any{"instanceId": x.instance, "allocationId": x.eip})
	return x
}

// launch makes an instance for the site's address and volume.
func (x *site) launch(change func(userData string) string) string {
	x.t.Helper()
	id, _ := x.create(instanceType, map[string]any{
		"userData": change(x.userData(x.ip, x.volume)), "iamInstanceProfile": "jenkins", "instanceType": "t3.medium", "ami": "ami-1",
	})
	return id
}

// replace makes another instance in the place of the site's, with its address and volume.
func (x *site) replace(change func(userData string) string) {
	x.t.Helper()
	for token, id := range map[string]string{associationType: x.association, attachmentType: x.attachment} {
		if err := x.delete(token, id); err != nil {
			x.t.Fatal(err)
		}
	}
	if err := x.delete(instanceType, x.instance); err != nil || exists(x.options.Dir, "hosts", x.instance) {
		x.t.Errorf("the host is not gone: %v", err)
	}
	x.instance = x.launch(change)
	x.attachment, _ = x.create(attachmentType, map[string]any{"instanceId": x.instance, "volumeId": x.volume})
	x.association, _ = x.create(associationType, map[string]any{"instanceId": x.instance, "allocationId": x.eip})
}

func same(text string) string { return text }

// ready waits for the host, for a minute at most.
func (x *site) ready() error {
	ctx, cancel := context.WithTimeout(x.t.Context(), time.Minute)
	defer cancel()
	return x.Ready(ctx, x.instance)
}

// soon asks for the host for a moment only.
func (x *site) soon() error {
	ctx, cancel := context.WithTimeout(x.t.Context(), 200*time.Millisecond)
	defer cancel()
	return x.Ready(ctx, x.instance)
}

func replace(old, with string) func(string) string {
	return func(text string) string { return strings.ReplaceAll(text, old, with) }
}

func properties(in map[string]any) resource.Properties { return property.NewPropertyMapFromMap(in) }
