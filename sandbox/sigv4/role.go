package sigv4

import (
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
