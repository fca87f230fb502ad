package sigv4

import (
	"net/http"
	"strings"

	"slipway/sandbox/naming"
)

// Role is a role of IAM that somebody has assumed, such as an instance the role of its instance profile.
type Role struct {
	Name    string `json:"name"`
	ID      string `json:"id"`      // AROA…
	Session string `json:"session"` // an instance's id
}

// ARN is what STS calls a session of the role.
func (r Role) ARN() string {
	return naming.GlobalARN("sts", "assumed-role/"+r.Name+"/"+r.Session)
}

// UserID is the unique id that STS has for a session of the role.
func (r Role) UserID() string { return r.ID + ":" + r.Session }

// OfSession tells whether a request is signed with the key of a session, well or not.
func OfSession(r *http.Request) bool {
	if s, err := parse(r); err == nil {
		return strings.HasPrefix(s.keyID, sessionPrefix)
	}
	return false
}
