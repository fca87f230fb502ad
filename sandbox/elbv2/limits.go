package elbv2

import "net/http"

// Sizes of headers in bytes (user guide of Application Load Balancers, "Quotas", HTTP headers, November 2026).
const (
	mostLine     = 16 << 10
	mostHeader   = 16 << 10
	mostRequest  = 64 << 10 // of all headers
	mostResponse = 32 << 10
)

// tooLarge returns the status of a request whose head is larger than a load balancer takes, 0 for the others (same guide,
// "Troubleshoot your Application Load Balancers", HTTP 400 and HTTP 414).
func tooLarge(r *http.Request) int {
	if len(r.Method)+len(r.RequestURI)+len(r.Proto)+2 > mostLine {
		return http.StatusRequestURITooLong
	}
	all := 0
	for name, values := range r.Header {
		for _, value := range values {
			size := len(name) + len(value) + len(": \r\n")
			if all += size; size > mostHeader || all > mostRequest {
				return http.StatusBadRequest
			}
		}
	}
	return 0
}
