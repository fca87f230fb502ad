package sigv4_test

import (
	"encoding/hex"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"slipway/sandbox/sigv4"
)

const repository = "/v1/repos/app"

// gitPassword is what the credential helper of the aws CLI makes.
func gitPassword(secret string, at time.Time, region, host, path string) string {
	stamp := at.Format("20060102T150405")
	key := []byte("AWS4" + secret)
	for _, part := range []string{stamp[:8], region, "codecommit", "aws4_request"} {
		key = mac(key, part)
	}
	return stamp + "Z" + hex.EncodeToString(mac(key, strings.Join([]string{
		"AWS4-HMAC-SHA256", stamp, stamp[:8] + "/" + region + "/codecommit/aws4_request",
		hashOf("GIT\n" + path + "\n\nhost:" + host + "\n\nhost\n"),
	}, "\n")))
}

func TestWhoUsesGit(t *testing.T) {
	keys, _, _ := newKeys(t)
	issued, err := keys.Issue(sigv4.Scope{}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ user, password, want string }{
		"the secret":              {"AKIAOWNER", "owner's", ""},
		"a wrong secret":          {"AKIAOWNER", "x", "SignatureDoesNotMatch"},
		"an empty secret":         {"AKIAOWNER", "", "SignatureDoesNotMatch"},
		"an unknown key":          {"AKIA", "owner's", "InvalidAccessKeyId"},
		"a signature":             {"AKIAOWNER", gitPassword("owner's", noon, "eu-west-1", "127.0.0.1", repository), ""},
		"of another region":       {"AKIAOWNER", gitPassword("owner's", noon, "eu-west-2", "127.0.0.1", repository), "SignatureDoesNotMatch"},
		"of another host":         {"AKIAOWNER", gitPassword("owner's", noon, "eu-west-1", "localhost", repository), "SignatureDoesNotMatch"},
		"of another repository":   {"AKIAOWNER", gitPassword("owner's", noon, "eu-west-1", "127.0.0.1", repository+"2"), "SignatureDoesNotMatch"},
		"of 16 minutes ago":       {"AKIAOWNER", gitPassword("owner's", noon.Add(-16*time.Minute), "eu-west-1", "127.0.0.1", repository), "RequestTimeTooSkewed"},
		"of no day":               {"AKIAOWNER", "20261301T000000Z" + hashOf(""), "SignatureDoesNotMatch"},
		"a session":               {issued.AccessKeyID + "%" + issued.SessionToken, gitPassword(issued.SecretAccessKey, noon, "eu-west-1", "127.0.0.1", repository), ""},
		"a session with no token": {issued.AccessKeyID, issued.SecretAccessKey, "InvalidToken"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "http://127.0.0.1:4500"+repository+"/info/refs", nil)
			r.SetBasicAuth(c.user, c.password)
			if _, err := keys.VerifyGit(r, "eu-west-1", repository); code(err) != c.want {
				t.Errorf("it is %v, not %q", err, c.want)
			}
		})
	}
	r := httptest.NewRequest("GET", "http://127.0.0.1:4500"+repository+"/info/refs", nil)
	if _, err := keys.VerifyGit(r, "eu-west-1", repository); code(err) != "AccessDenied" {
		t.Errorf("without a password it is %v", err)
	}
}
