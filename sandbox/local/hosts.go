package local

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Hosts refuses requests to a name that is not this machine's own. A foreign name server can give any other name this
// machine's address, which makes a foreign page look like one of ours to the browser (DNS rebinding).
func Hosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !Own(r.Host) {
			http.Error(w, "this is answered at an address or at localhost only, not at a name that somebody else could point here",
				http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Own is false for a host, with or without a port, whose name does not stand for this machine everywhere.
func Own(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return true
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
