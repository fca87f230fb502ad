package credential

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	service   = "codecommit"
	moment    = "20060102T150405" // CodeCommit's form has the Z behind it only in the password
)

// lifetime is how long CodeCommit takes a signature (AWS CodeCommit user guide, "Setup steps for HTTPS connections with the
// AWS CLI credential helper": "valid for about 15 minutes", November 2026).
const lifetime = 15 * time.Minute

// hosts are the names of CodeCommit's endpoints, among them FIPS and those of a VPC; the region stands in them.
var hosts = regexp.MustCompile(`^(?:vpce-[a-z0-9-]+\.)?git-codecommit(?:-fips)?\.([a-z]{2,}(?:-[a-z]+)+-[0-9]+)\.(?:vpce\.)?amazonaws\.com(?:\.cn)?(?::443)?$`)

// Answers says whether the request is for CodeCommit over https, or for the endpoint of AWS (AWS_ENDPOINT_URL; empty for
// none) when that is on this machine, as a sandbox's is. Nobody else may get what is made of AWS credentials.
func (r Request) Answers(endpoint string) bool {
	if r.Protocol == "https" && hosts.MatchString(r.Host) {
		return true
	}
	own, err := url.Parse(endpoint)
	return err == nil && own.Host != "" && own.Host == r.Host && own.Scheme == r.Protocol && local(own.Hostname())
}

func local(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// Sign makes the credentials for a request that Answers takes. The region is the one in the host's name, or else otherwise.
// Errors name what the request or the credentials lack.
func Sign(r Request, keys aws.Credentials, endpoint, otherwise string, now time.Time) (Answer, error) {
	name := hostName(r.Host)
	region := otherwise
	if found := hosts.FindStringSubmatch(r.Host); found != nil {
		region = found[1]
	}
	switch {
	case r.Host == "":
		return Answer{}, errors.New("git names no host")
	case !r.Answers(endpoint):
		return Answer{}, fmt.Errorf("%s://%s is no repository of CodeCommit", r.Protocol, r.Host)
	case r.Path == "":
		return Answer{}, errors.New("git names no path: set credential.useHttpPath to true")
	case region == "":
		return Answer{}, fmt.Errorf("the host %s names no region, and AWS_REGION is not set", r.Host)
	case keys.AccessKeyID == "" || keys.SecretAccessKey == "":
		return Answer{}, errors.New("there are no AWS credentials")
	}
	user := keys.AccessKeyID
	if keys.SessionToken != "" {
		user += "%" + keys.SessionToken
	}
	at, expires := now.UTC().Format(moment), now.Add(lifetime)
	if keys.CanExpire && keys.Expires.Before(expires) {
		expires = keys.Expires
	}
	request := "GIT\n/" + strings.TrimPrefix(r.Path, "/") + "\n\nhost:" + name + "\n\nhost\n"
	return Answer{User: user, Password: at + "Z" + signature(keys.SecretAccessKey, region, at, request), Expires: expires}, nil
}

// hostName is the host as CodeCommit signs it: without a port.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// signature is AWS's Signature Version 4 of a canonical request, in hexadecimal digits. The SDK's signer does not make
// this one: CodeCommit's request has no payload hash and its time no Z.
func signature(secret, region, at, request string) string {
	day := at[:8]
	sum := sha256.Sum256([]byte(request))
	text := strings.Join([]string{algorithm, at, day + "/" + region + "/" + service + "/aws4_request", hex.EncodeToString(sum[:])}, "\n")
	key := []byte("AWS4" + secret)
	for _, part := range []string{day, region, service, "aws4_request", text} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return hex.EncodeToString(key)
}
