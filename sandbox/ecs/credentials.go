package ecs

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"slipway/sandbox/guard"
)

// Roles are the roles that tasks have.
type Roles interface {
	// Assume returns credentials of a session of the role with an ARN. An error says that ECS may not take the role for tasks.
	Assume(roleARN, session string) (RoleCredentials, error)
}

// RoleCredentials are temporary keys, as the credentials endpoint of a task writes them (ECS developer guide, "Amazon ECS
// task IAM role", and the AWS SDKs' container credential provider, November 2026).
type RoleCredentials struct {
	RoleARN         string `json:"RoleArn"`
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	Token           string
	Expiration      time.Time
}

// credentialsAddress is where the AWS SDKs ask for what AWS_CONTAINER_CREDENTIALS_RELATIVE_URI names.
var credentialsAddress = netip.MustParseAddrPort("169.254.170.2:80")

const credentialsPath = "/v2/credentials/"

// renewal is how long before their end credentials are replaced.
const renewal = 15 * time.Minute

// inside is what the containers of a task with a role reach at credentialsAddress: the role's credentials, and AWS.
type inside struct {
	mu        sync.Mutex
	listeners []net.Listener
	closed    bool
	last      RoleCredentials
}

// assumes checks that the task can have its role, before anything of it runs.
func (s *Service) assumes(t *task, def *taskDefinition) error {
	if def.TaskRoleARN == "" || s.Roles == nil {
		return nil
	}
	_, err := s.roleCredentials(t, def)
	return err
}

func (s *Service) roleCredentials(t *task, def *taskDefinition) (RoleCredentials, error) {
	in := &t.run.inside
	in.mu.Lock()
	defer in.mu.Unlock()
	if s.Clock.Now().Before(in.last.Expiration.Add(-renewal)) {
		return in.last, nil
	}
	c, err := s.Roles.Assume(def.TaskRoleARN, t.Internal.ID)
	if err != nil {
		return c, fmt.Errorf("ECS was unable to assume the role '%s' that was provided for this task. Please verify that the role being "+
			"passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role. (%w)", def.TaskRoleARN, err)
	}
	in.last = c
	return c, nil
}

// roleEnvironment is what a container is told of its role. What the task definition says itself comes after it.
func (s *Service) roleEnvironment(t *task, def *taskDefinition) []string {
	if def.TaskRoleARN == "" || s.Roles == nil {
		return nil
	}
	return []string{
		"AWS_REGION=" + string(s.Region), "AWS_DEFAULT_REGION=" + string(s.Region),
		"AWS_ENDPOINT_URL=http://" + credentialsAddress.Addr().String(),
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=" + credentialsPath + t.Internal.ID,
	}
}

// openInside lets a container that was started reach its role's credentials and AWS. Where that cannot be, it runs on
// without, and the log says why. Under awsvpc all containers of a task share one network.
func (s *Service) openInside(ctx context.Context, t *task, def *taskDefinition, name, id string) {
	if def.TaskRoleARN == "" || s.Roles == nil || def.Awsvpc() && name != pauseName {
		return
	}
	l, err := s.Engine.ListenInside(ctx, id, credentialsAddress)
	if err != nil {
		s.Log.Warn("a container does not reach the credentials of its role", "task", t.Internal.ID, "container", name, "error", err)
		return
	}
	if !t.run.inside.keep(l) {
		return
	}
	server := &http.Server{Handler: s.insideHandler(t, def), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = guard.Do(s.Log, "serving a task", func() { _ = server.Serve(l) }) }() // ends when the task closes it
}

func (s *Service) insideHandler(t *task, def *taskDefinition) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, asks := strings.CutPrefix(r.URL.Path, credentialsPath)
		switch {
		case asks && r.Header.Get("Authorization") == "" && id == t.Internal.ID:
			c, err := s.roleCredentials(t, def)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			answer(w, c)
		case s.Endpoint != nil:
			s.Endpoint.ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// keep remembers a listener to close it with the task, and closes it at once when the task has ended.
func (in *inside) keep(l net.Listener) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		_ = l.Close()
		return false
	}
	in.listeners = append(in.listeners, l)
	return true
}

// close ends all that the task's containers reach: an open socket would keep their network alive.
func (in *inside) close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, l := range in.listeners {
		_ = l.Close()
	}
	in.listeners, in.closed = nil, true
}
