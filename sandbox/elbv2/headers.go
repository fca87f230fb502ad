package elbv2

import (
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"slipway/sandbox/naming"
)

const traceID = "X-Amzn-Trace-Id"

// forwarded sets X-Forwarded-For, -Proto and -Port. For is appended to what the client sent unless the
// load balancer says otherwise; Port is the one that the client connected to.
func forwarded(out http.Header, in *http.Request, rec loadBalancer) {
	client, port, _ := net.SplitHostPort(in.RemoteAddr)
	if rec.XFFClientPort {
		client = net.JoinHostPort(client, port)
	}
	sent := in.Header.Values("X-Forwarded-For")
	switch rec.XFF {
	case "remove":
	case "preserve":
		if len(sent) > 0 {
			out["X-Forwarded-For"] = sent
		}
	default:
		out.Set("X-Forwarded-For", strings.Join(append(sent[:len(sent):len(sent)], client), ", "))
	}
	out.Set("X-Forwarded-Proto", scheme(in))
	out.Set("X-Forwarded-Port", strconv.Itoa(rec.Port))
}

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// trace gives a request a trace id, or adds the load balancer's own to the one that it came with.
func trace(h http.Header, now time.Time) {
	id := fmt.Sprintf("1-%08x-%s", now.Unix(), naming.Hex(24))
	if came := h.Get(traceID); strings.Contains(came, "Root=") {
		h.Set(traceID, "Self="+id+";"+dropSelf(came))
		return
	}
	h.Set(traceID, "Root="+id)
}

func dropSelf(value string) string {
	var kept []string
	for field := range strings.SplitSeq(value, ";") {
		if !strings.HasPrefix(strings.TrimSpace(field), "Self=") {
			kept = append(kept, field)
		}
	}
	return strings.Join(kept, ";")
}

// validHeader is the form of a header name that routing.http.drop_invalid_header_fields lets through.
var validHeader = regexp.MustCompile(`^[-A-Za-z0-9]+$`)

func dropInvalid(h http.Header) {
	for name := range h {
		if !validHeader.MatchString(name) {
			delete(h, name)
		}
	}
}
