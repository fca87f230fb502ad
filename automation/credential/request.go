// Package credential makes the user name and password with which git reaches a
// CodeCommit repository over HTTPS, from AWS credentials, and speaks git's
// credential helper protocol.
package credential

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// Request is what git asks credentials for.
type Request struct {
	Protocol string
	Host     string // with its port where the URL has one
	Path     string // of the repository, without the first slash; empty unless useHttpPath is set
}

// Read reads a request as git writes it: lines of name=value up to an empty line or the end. Names that mean nothing
// here are left out.
func Read(from io.Reader) (Request, error) {
	var r Request
	lines := bufio.NewScanner(from)
	for lines.Scan() && lines.Text() != "" {
		name, value, ok := strings.Cut(lines.Text(), "=")
		if !ok {
			return r, fmt.Errorf("git's line %q is no name=value", lines.Text())
		}
		switch name {
		case "protocol":
			r.Protocol = value
		case "host":
			r.Host = value
		case "path":
			r.Path = value
		}
	}
	if err := lines.Err(); err != nil {
		return r, fmt.Errorf("reading what git asks: %w", err)
	}
	return r, nil
}

// Answer is the credentials that git gets.
type Answer struct {
	User, Password string
	Expires        time.Time // a git that knows of it (password_expiry_utc) keeps the password no longer; others read past it
}

// WriteTo writes the answer as git reads it.
func (a Answer) WriteTo(to io.Writer) (int64, error) {
	n, err := fmt.Fprintf(to, "username=%s\npassword=%s\npassword_expiry_utc=%d\n", a.User, a.Password, a.Expires.Unix())
	return int64(n), err
}
