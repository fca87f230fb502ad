package cloud

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"slipway/automation/fault"
)

func TestTroubleOf(t *testing.T) {
	api := func(code, message string) error {
		return fmt.Errorf("operation error ECS: %w", &smithy.GenericAPIError{Code: code, Message: message})
	}
	tests := []struct {
		name  string
		err   error
		cause string
	}{
		{"expired", api("ExpiredTokenException", "x"), "have expired"},
		{"expired, of S3", api("ExpiredToken", "x"), "have expired"},
		{"none", errors.New("get identity: failed to refresh cached credentials, no EC2 IMDS role found"), "there are no AWS credentials"},
		{"wrong", api("UnrecognizedClientException", "x"), "does not accept"},
		{"no such region", errors.New("dial tcp: lookup sts.eu-wst-1.amazonaws.com: no such host"), "the region does not exist"},
		{"an error that quotes words", api("ValidationException", "ExpiredToken is no name"), ""},
		{"another", errors.New("timeout"), ""},
		{"no error", nil, ""},
	}
	for _, test := range tests {
		got, known := TroubleOf(test.err)
		if known != (test.cause != "") || !strings.Contains(got.Cause, test.cause) || known && got.Next == "" {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

// Preflight's first call says what is wrong with the credentials.
func TestIdentityWithBadCredentials(t *testing.T) {
	for code, want := range map[string]string{"ExpiredToken": "aws sso login", "InvalidClientTokenId": "AWS_PROFILE"} {
		c, _ := open(t, map[string]answer{"sts.GetCallerIdentity": {403,
			`<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Code>` + code + `</Code><Message>no</Message></Error></ErrorResponse>`}})
		_, err := c.Identity(t.Context())
		var said *fault.Error
		if !errors.As(err, &said) || said.Code != fault.NotReady || !strings.Contains(said.Next, want) {
			t.Errorf("%s: %+v", code, err)
		}
	}
}
