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
			Answer{User: "AKIDEXAMPLE", Password: "20261123T123456Z8ad7200a3f220ca0f15da41393c30302a294f99a8a4ee9ae32892f354c151989"}},
		{"git-codecommit-fips.us-east-1.amazonaws.com", "", withToken("tok/en+=="),
			Answer{User: "AKIDEXAMPLE%tok/en+==", Password: "20261123T123456Zf6ba64ebee2d52032675118173c2c4d5a90da3f9b6e25fa6bfd4dac0575d525a"}},
		{"127.0.0.1:4566", "us-west-2", keys,
			Answer{User: "AKIDEXAMPLE", Password: "20261123T123456Z5b3fc3a263c2c4c0301f0286bebf3cb4aa618f87da5cd1a366ac18ccd1545859"}},
	}
	for _, tt := range tests {
		t.Run(tt.host, func(t *testing.T) {
			ask := Request{"https", tt.host, "v1/repos/slipway"}
			if strings.HasPrefix(tt.host, "127.") {
				ask.Protocol = "http"
			}
			got, err := Sign(ask, tt.keys, "http://127.0.0.1:4566", tt.region, at)
			tt.want.Expires = at.Add(15 * time.Minute)
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
		{"no path", Request{Protocol: "https", Host: "git-codecommit.eu-central-1.amazonaws.com"}, keys, "credential.useHttpPath"},
		{"no region", Request{Protocol: "http", Host: "127.0.0.1:4566", Path: "v1/repos/a"}, keys, "AWS_REGION"},
		{"another host", Request{Protocol: "https", Host: "example.com", Path: "v1/repos/a"}, keys, "https://example.com is no repository of CodeCommit"},
		{"no keys", Request{Protocol: "https", Host: "git-codecommit.eu-central-1.amazonaws.com", Path: "a"}, aws.Credentials{}, "no AWS credentials"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Sign(tt.ask, tt.keys, "http://127.0.0.1:4566", "", time.Now())
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

// What is made of AWS credentials, a session token among it, goes to CodeCommit and to a sandbox on this machine alone.
func TestWhoIsAnswered(t *testing.T) {
	const sandbox = "http://127.0.0.1:4500"
	for _, c := range []struct {
		protocol, host, endpoint string
		want                     bool
	}{
		{"https", "git-codecommit.eu-central-1.amazonaws.com", "", true},
		{"https", "git-codecommit.eu-central-1.amazonaws.com:443", "", true},
		{"https", "git-codecommit-fips.us-gov-west-1.amazonaws.com", sandbox, true},
		{"https", "git-codecommit.cn-north-1.amazonaws.com.cn", "", true},
		{"https", "vpce-0a1b-2c.git-codecommit.eu-west-1.vpce.amazonaws.com", "", true},
		{"http", "127.0.0.1:4500", sandbox, true},
		{"http", "localhost:4500", "http://localhost:4500", true},
		{"http", "[::1]:4500", "http://[::1]:4500/", true},

		{"http", "git-codecommit.eu-central-1.amazonaws.com", "", false},
		{"https", "git-codecommit.eu-central-1.amazonaws.com:8443", "", false},
		{"https", "git-codecommit.eu-central-1.amazonaws.com.example.com", "", false},
		{"https", "git-codecommit.evil.amazonaws.com", "", false},
		{"https", "evil-git-codecommit.eu-central-1.amazonaws.com", "", false},
		{"https", "git-codecommit.eu-central-1.amazonaws.com\n", "", false},
		{"https", "github.com", "", false},
		{"https", "evil.example", "https://evil.example", false},
		{"http", "10.0.0.1:4500", "http://10.0.0.1:4500", false},
		{"https", "127.0.0.1:4500", sandbox, false},
		{"http", "127.0.0.1:4501", sandbox, false},
		{"http", "127.0.0.1:4500", "", false},
		{"", "", "", false},
	} {
		if got := (Request{c.protocol, c.host, "v1/repos/a"}).Answers(c.endpoint); got != c.want {
			t.Errorf("%s://%s with the endpoint %q: %v", c.protocol, c.host, c.endpoint, got)
		}
	}
}

func TestPasswordEndsWithItsKeys(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	short := keys
	short.CanExpire, short.Expires = true, now.Add(time.Minute)
	got, err := Sign(Request{"https", "git-codecommit.eu-west-1.amazonaws.com", "v1/repos/a"}, short, "", "", now)
	if err != nil || !got.Expires.Equal(short.Expires) {
		t.Errorf("%v, %v", got, err)
	}
	var out strings.Builder
	if _, err := got.WriteTo(&out); err != nil || !strings.HasSuffix(out.String(), "\npassword_expiry_utc=1795435260\n") {
		t.Errorf("%q, %v", out.String(), err)
	}
}
