package sigv4

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// gitForm is the password that CodeCommit's credential helper makes: a time and a signature.
var gitForm = regexp.MustCompile(`^(\d{8}T\d{6})Z([0-9a-f]{64})$`)

// VerifyGit returns who calls CodeCommit's git endpoint in a region for the repository at a path, or an *awsapi.Error.
// The user is an access key, with a percent sign and the session's token behind it where there is one; the password
// is the secret itself or what `aws codecommit credential-helper` makes of it.
func (k *Keys) VerifyGit(r *http.Request, region, path string) (Identity, error) {
	user, password, ok := r.BasicAuth()
	if !ok {
		return Identity{}, errAnonymous()
	}
	keyID, token, _ := strings.Cut(user, "%")
	h, err := k.holder(keyID, token)
	if err != nil {
		return Identity{}, err
	}
	if m := gitForm.FindStringSubmatch(password); m != nil {
		return h.Identity, k.checkGit(m[1], m[2], gitRequest(r.Host, path), region, h)
	}
	if subtle.ConstantTimeCompare([]byte(password), []byte(h.secret)) != 1 {
		return Identity{}, errMismatch()
	}
	return h.Identity, nil
}

// gitRequest is the canonical request that the credential helper signs. The host has no port in it.
func gitRequest(host, path string) string {
	name, _, _ := strings.Cut(host, ":")
	return "GIT\n" + path + "\n\nhost:" + name + "\n\nhost\n"
}

func (k *Keys) checkGit(at, claimed, request, region string, h holder) error {
	t, err := time.Parse("20060102T150405", at)
	if err != nil {
		return errMismatch()
	}
	if age := k.clock.Since(t); age > skew || age < -skew {
		return errSkewed()
	}
	sum := sha256.Sum256([]byte(request))
	text := strings.Join([]string{algorithm, at, at[:8] + "/" + region + "/codecommit/aws4_request", hex.EncodeToString(sum[:])}, "\n")
	made := hex.EncodeToString(sign(signingKey(h.secret, at[:8], region, "codecommit"), text))
	if subtle.ConstantTimeCompare([]byte(made), []byte(claimed)) != 1 {
		return errMismatch()
	}
	return nil
}
