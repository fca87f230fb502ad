package credential

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

var keys = aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}

func withToken(token string) aws.Credentials {
	k := keys
	k.SessionToken = token
	return k
}

// The passwords were made by the credential helper of the AWS CLI 1.45 from the same keys at the same time.
func TestSignAsTheAWSCLI(t *testing.T) {
	at := time.Date(2026, 11, 23, 13, 34, 56, 0, time.FixedZone("CET", 3600))
	tests := []struct {
		host, region string
		keys         aws.Credentials
		want         Answer
	}{
		{"git-codecommit.eu-central-1.amazonaws.com", "us-west-2", keys,
			Answer{"AKIDEXAMPLE", "20261123T123456Z8ad7200a3f220ca0f15da41393c30302a294f99a8a4ee9ae32892f354c151989"}},
		{"git-codecommit-fips.us-east-1.amazonaws.com", "", withToken("tok/en+=="),
			Answer{"AKIDEXAMPLE%tok/en+==", "20261123T123456Zf6ba64ebee2d52032675118173c2c4d5a90da3f9b6e25fa6bfd4dac0575d525a"}},
		{"127.0.0.1:4566", "us-west-2", keys,
			Answer{"AKIDEXAMPLE", "20261123T123456Z5b3fc3a263c2c4c0301f0286bebf3cb4aa618f87da5cd1a366ac18ccd1545859"}},
	}
	for _, tt := range tests {
		t.Run(tt.host, func(t *testing.T) {
			got, err := Sign(Request{"https", tt.host, "v1/repos/slipway"}, tt.keys, tt.region, at)
			if err != nil || got != tt.want {
				t.Errorf("got  %v %v\nwant %v", got, err, tt.want)
			}
		})
	}
}

func TestWhatCannotBeSigned(t *testing.T) {
	tests := []struct {
		name string
		ask  Request
		keys aws.Credentials
		says string
	}{
		{"no host", Request{Path: "v1/repos/a"}, keys, "names no host"},
		{"no path", Request{Host: "git-codecommit.eu-central-1.amazonaws.com"}, keys, "credential.useHttpPath"},
		{"no region", Request{Host: "example.com", Path: "v1/repos/a"}, keys, "AWS_REGION"},
		{"a host that only looks like it", Request{Host: "git-codecommit.eu-central-1.amazonaws.com.example.com", Path: "a"}, keys, "AWS_REGION"},
		{"no keys", Request{Host: "git-codecommit.eu-central-1.amazonaws.com", Path: "a"}, aws.Credentials{}, "no AWS credentials"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Sign(tt.ask, tt.keys, "", time.Now())
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestRead(t *testing.T) {
	got, err := Read(strings.NewReader("capability[]=authtype\nprotocol=https\nhost=h:1\npath=v1/repos/a\nwwwauth[]=Basic realm=\"x\"\n\npath=later\n"))
	if want := (Request{"https", "h:1", "v1/repos/a"}); err != nil || got != want {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := Read(strings.NewReader("nonsense\n")); err == nil {
		t.Error("nonsense was read")
	}
}
