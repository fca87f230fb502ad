// Package sts answers who the caller is.
package sts

import (
	"context"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// Service is the Security Token Service of a sandbox. It keeps no state.
type Service struct{}

// New returns the service.
func New() *Service { return &Service{} }

// API returns the actions that SDKs call.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{
		Name:      "sts",
		Protocol:  awsapi.Query,
		Namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
		Actions:   map[string]awsapi.Action{"GetCallerIdentity": awsapi.Do(s.getCallerIdentity)},
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
