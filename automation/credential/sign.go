package credential

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
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

// hosts are the names of CodeCommit's endpoints, among them FIPS and those of a VPC; the region stands in them.
var hosts = regexp.MustCompile(`^(?:vpce-[a-z0-9-]+\.)?git-codecommit(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?amazonaws\.com(?:\.cn)?$`)

// Sign makes the credentials for a request. The region is the one in the host's name, or else otherwise. Errors name
// what the request or the credentials lack.
func Sign(r Request, keys aws.Credentials, otherwise string, now time.Time) (Answer, error) {
	name := hostName(r.Host)
	region := otherwise
	if found := hosts.FindStringSubmatch(name); found != nil {
		region = found[1]
	}
	switch {
	case r.Host == "":
		return Answer{}, errors.New("git names no host")
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
	at := now.UTC().Format(moment)
	request := "GIT\n/" + strings.TrimPrefix(r.Path, "/") + "\n\nhost:" + name + "\n\nhost\n"
	return Answer{User: user, Password: at + "Z" + signature(keys.SecretAccessKey, region, at, request)}, nil
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
