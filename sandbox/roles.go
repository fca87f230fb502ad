package sandbox

import (
	"errors"
	"net/http"
	"strings"
	"time"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/ecs"
	"slipway/sandbox/iam"
	"slipway/sandbox/jenkins/metadata"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/sts"
)

// roles are the roles of instance profiles, as the stacks declare them.
type roles struct{ *services }

func (r roles) Role(profile, instance string) (metadata.Role, bool, error) {
	found, err := r.named("aws:iam/instanceProfile:InstanceProfile", profile)
	if err != nil || found == nil {
		return metadata.Role{}, false, err
	}
	role, err := r.named("aws:iam/role:Role", text(found, "role"))
	if err != nil || role == nil {
		return metadata.Role{}, false, err
	}
	session := sigv4.Role{Name: text(role, "name"), ID: text(role, "uniqueId"), Session: instance}
	return metadata.Role{Name: session.Name, Assume: func(ttl time.Duration) (metadata.Credentials, error) {
		c, err := r.keys.Assume(session, ttl)
		return metadata.Credentials{
			AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken, Expires: c.Expires,
		}, err
	}}, true, nil
}

// taskRoleHours is how long credentials of a task hold. ECS renews them before.
const taskRoleHours = 6 * time.Hour

// taskRoles are the roles of tasks, as the stacks declare them.
type taskRoles struct{ *services }

// Assume is refused for a role that does not exist, and for one whose trust policy does not name ECS's tasks.
func (r taskRoles) Assume(arn, session string) (ecs.RoleCredentials, error) {
	name := arn[strings.LastIndex(arn, "/")+1:]
	declared, err := r.named("aws:iam/role:Role", name)
	if err != nil {
		return ecs.RoleCredentials{}, err
	}
	if declared == nil || text(declared, "arn") != arn {
		return ecs.RoleCredentials{}, errors.New("the role does not exist")
	}
	if !r.authority.trusts(text(declared, "assumeRolePolicy"), "ecs-tasks.amazonaws.com", r.config.Region.ARN("ecs", "*")) {
		return ecs.RoleCredentials{}, errors.New("its trust policy does not allow sts:AssumeRole to ecs-tasks.amazonaws.com")
	}
	c, err := r.keys.Assume(sigv4.Role{Name: name, ID: text(declared, "uniqueId"), Session: session}, taskRoleHours)
	return ecs.RoleCredentials{
		RoleARN: arn, AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, Token: c.SessionToken, Expiration: c.Expires.Truncate(time.Second),
	}, err
}

// AssumeRole gives a session of a role that trusts the caller. What the session of another role may assume, authority has
// decided before.
func (r roles) AssumeRole(caller awsapi.Caller, arn, session string, ttl time.Duration) (sts.Session, error) {
	need := iam.Request{Principal: iam.Principal{ARN: caller.ARN}, Action: "sts:AssumeRole", Resource: arn}
	declared, err := r.named("aws:iam/role:Role", arn[strings.LastIndex(arn, "/")+1:])
	if err != nil {
		return sts.Session{}, err
	}
	chained, known := caller.ARN != naming.CallerARN, declared != nil && text(declared, "arn") == arn
	everything := map[string]*iam.Document{"user": r.authority.document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, iam.Identity)}
	trust := iam.Policies{Identity: everything, Delegated: true}
	if known {
		trust.Resource = r.authority.document(text(declared, "assumeRolePolicy"), iam.Trust)
	}
	if decision := trust.Decide(need); !known || !chained && !decision.Allowed {
		return sts.Session{}, &awsapi.Error{Code: "AccessDenied", Message: decision.Message(need), Status: http.StatusForbidden}
	}
	most := time.Hour // of chained roles (STS API reference, AssumeRole, November 2026)
	if set := declared["maxSessionDuration"]; set.IsNumber() && !chained {
		most = time.Duration(set.NumberValue()) * time.Second
	}
	if ttl > most {
		return sts.Session{}, awsapi.Errorf("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	role := sigv4.Role{Name: text(declared, "name"), ID: text(declared, "uniqueId"), Session: session}
	c, err := r.keys.Assume(role, ttl)
	return sts.Session{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, Token: c.SessionToken, Expires: c.Expires, ARN: role.ARN(), ID: role.UserID()}, err
}

// named returns the resource of a type with this name, nil when there is none.
func (s *services) named(token, name string) (resource.Properties, error) {
	all, err := s.remembered.Known(token)
	for _, one := range all {
		if name != "" && text(one, "name") == name {
			return one, nil
		}
	}
	return nil, err
}

func text(p resource.Properties, key string) string {
	if v := p[property.PropertyKey(key)]; v.IsString() {
		return v.StringValue()
	}
	return ""
}
