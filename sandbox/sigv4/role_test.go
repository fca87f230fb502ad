package sigv4_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"slipway/sandbox/sigv4"
)

func TestSessionOfARole(t *testing.T) {
	keys, clock, _ := newKeys(t)
	role := sigv4.Role{Name: "slipway-delivery-jenkins-0a1", ID: "AROA0", Session: "i-0a"}
	issued, err := keys.Assume(role, 6*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	credentials := aws.Credentials{AccessKeyID: issued.AccessKeyID, SecretAccessKey: issued.SecretAccessKey, SessionToken: issued.SessionToken}
	r := asServed(t, request(t, credentials, noon, target, "body", hashOf("body")))
	who, err := keys.Verify(r)
	if err != nil || who.Role == nil || who.Root || !who.Unlimited() || !who.MayWrite("bucket", "key") {
		t.Fatalf("it is %+v, %v", who, err)
	}
	if arn := who.Role.ARN(); arn != "arn:aws:sts::000000000000:assumed-role/slipway-delivery-jenkins-0a1/i-0a" || who.Role.UserID() != "AROA0:i-0a" {
		t.Errorf("it is %s, %s", arn, who.Role.UserID())
	}
	if _, err := keys.VerifyGit(r, "eu-west-1", "/v1/repos/slipway"); code(err) != "AccessDenied" {
		t.Errorf("git without a password: %v", err)
	}
	clock.Advance(6 * time.Hour)
	late := request(t, credentials, clock.Now(), target, "body", hashOf("body"))
	if _, err := keys.Verify(asServed(t, late)); code(err) != "ExpiredToken" {
		t.Errorf("after its end it is %v", err)
	}
}
