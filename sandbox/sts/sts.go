// Package sts answers who the caller is.
package sts

import (
	"cmp"
	"context"
	"regexp"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// Roles gives out sessions of roles.
type Roles interface {
	// AssumeRole is refused with an *awsapi.Error for a role that does not exist, or that does not trust the caller.
	AssumeRole(caller awsapi.Caller, arn, session string, ttl time.Duration) (Session, error)
}

// Session is what somebody has by a role.
type Session struct {
	AccessKeyID, SecretAccessKey, Token string
	Expires                             time.Time
	ARN, ID                             string // of the session, and of its role with the session's name
}

// Service is the Security Token Service of a sandbox. It keeps no state.
type Service struct{ roles Roles }

// New returns the service.
func New(roles Roles) *Service { return &Service{roles} }

// API returns the actions that SDKs call.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{
		Name:      "sts",
		Protocol:  awsapi.Query,
		Namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
		Actions: map[string]awsapi.Action{
			"AssumeRole":        awsapi.Do(s.assumeRole),
			"GetCallerIdentity": awsapi.Do(s.getCallerIdentity),
		},
		Refused: map[string]string{
			"GetSessionToken":           "there are no users with MFA; the key of sandbox env is what there is",
			"AssumeRoleWithWebIdentity": "there are no identity providers",
			"AssumeRoleWithSAML":        "there are no identity providers",
		},
	}
}

// Identity is who a caller is.
type Identity struct {
	Arn     string
	UserID  string `xml:"UserId"`
	Account string
}

func (s *Service) getCallerIdentity(ctx context.Context, _ struct{}) (Identity, error) {
	if c, known := awsapi.CallerOf(ctx); known {
		return Identity{Arn: c.ARN, UserID: c.UserID, Account: naming.Account}, nil
	}
	return Identity{Arn: naming.CallerARN, UserID: naming.CallerID, Account: naming.Account}, nil
}

type assumeInput struct {
	RoleArn, RoleSessionName string
	DurationSeconds          int
}

type assumeAnswer struct {
	Credentials struct {
		AccessKeyID     string `xml:"AccessKeyId"`
		SecretAccessKey string
		SessionToken    string
		Expiration      awsapi.Time
	}
	User struct {
		Arn string
		ID  string `xml:"AssumedRoleId"`
	} `xml:"AssumedRoleUser"`
}

var (
	roleARN     = regexp.MustCompile(`^arn:aws:iam::\d{12}:role/.+$`)
	sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
)

// What a session may last (STS API reference, AssumeRole, November 2026).
const (
	leastSeconds, usualSeconds, mostSeconds = 900, 3600, 43200
)

func (s *Service) assumeRole(ctx context.Context, in assumeInput) (out assumeAnswer, err error) {
	seconds := cmp.Or(in.DurationSeconds, usualSeconds)
	switch {
	case !roleARN.MatchString(in.RoleArn):
		return out, awsapi.Errorf("ValidationError", "%s is invalid", in.RoleArn)
	case !sessionName.MatchString(in.RoleSessionName):
		return out, awsapi.Errorf("ValidationError", "1 validation error detected: Value '%s' at 'roleSessionName' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: [\\w+=,.@-]*", in.RoleSessionName)
	case seconds < leastSeconds || seconds > mostSeconds:
		return out, awsapi.Errorf("ValidationError", "1 validation error detected: Value '%d' at 'durationSeconds' failed to satisfy constraint: "+
			"Member must have value from %d to %d", seconds, leastSeconds, mostSeconds)
	}
	caller, known := awsapi.CallerOf(ctx)
	if !known {
		caller = awsapi.Caller{ARN: naming.CallerARN, UserID: naming.CallerID}
	}
	c, err := s.roles.AssumeRole(caller, in.RoleArn, in.RoleSessionName, time.Duration(seconds)*time.Second)
	if err != nil {
		return out, err
	}
	out.Credentials.AccessKeyID, out.Credentials.SecretAccessKey, out.Credentials.SessionToken = c.AccessKeyID, c.SecretAccessKey, c.Token
	out.Credentials.Expiration = awsapi.Time{Time: c.Expires}
	out.User.Arn, out.User.ID = c.ARN, c.ID
	return out, nil
}
