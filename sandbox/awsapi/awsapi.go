// Package awsapi is the one endpoint that AWS SDKs and the aws CLI speak to (AWS_ENDPOINT_URL).
// It finds the service and the action in a request and leaves the rest to the services.
package awsapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
)

// Service is a set of actions behind one protocol.
type Service struct {
	// Name is the signing name in the request's credential scope ("ecs", "elasticloadbalancing").
	Name string
	// Protocol is how its requests and answers are written.
	Protocol Protocol
	// Namespace is the XML namespace of a Query service's answers; empty for JSON.
	Namespace string
	// Actions by name ("DescribeServices").
	Actions map[string]Action
	// Refused are actions that people look for, and why they are not here.
	Refused map[string]string
}

// Protocol is one of the wire formats of AWS.
type Protocol int

// The formats that the services here have.
const (
	JSON  Protocol = iota // awsJson1_1: X-Amz-Target names the action, JSON both ways
	Query                 // awsQuery: form values in, XML out
)

// Action answers one call. Its input is filled from the request by json tags under JSON, and by field names or query tags
// under Query, where lists are Name.member.N. The output is encoded the same way; under Query by its xml tags.
type Action struct {
	Input, Output reflect.Type
	Run           func(ctx context.Context, decode func(any) error) (any, error)
}

// Do makes an Action of a function from an input to an output.
func Do[In, Out any](f func(context.Context, In) (Out, error)) Action {
	return Action{Input: reflect.TypeFor[In](), Output: reflect.TypeFor[Out](), Run: func(ctx context.Context, decode func(any) error) (any, error) {
		var in In
		if err := decode(&in); err != nil {
			if member := (*memberError)(nil); errors.As(err, &member) {
				return nil, err
			}
			return nil, &Error{Code: "SerializationException", Message: err.Error()}
		}
		return f(ctx, in)
	}}
}

// Error is an error in AWS's form. Any other error is answered as an InternalFailure.
type Error struct {
	Code    string // "ClusterNotFoundException"
	Message string
	Status  int // HTTP status; 0 means 400
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf returns an Error with status 400.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Status: http.StatusBadRequest}
}
