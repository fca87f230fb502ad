package elbv2

import (
	"fmt"
	"net/http"
	"strconv"
)

// serverName is how a load balancer signs the answers that are its own.
const serverName = "awselb/2.0"

// reasons are the phrases of a load balancer where they differ from net/http's.
var reasons = map[int]string{
	http.StatusServiceUnavailable: "Service Temporarily Unavailable",
	http.StatusGatewayTimeout:     "Gateway Time-out",
}

// writePage answers with a load balancer's own page: the same few lines for every status.
func writePage(w http.ResponseWriter, code int) {
	reason, ok := reasons[code]
	if !ok {
		reason = http.StatusText(code)
	}
	page := fmt.Sprintf("<html>\r\n<head><title>%[1]d %[2]s</title></head>\r\n<body>\r\n"+
		"<center><h1>%[1]d %[2]s</h1></center>\r\n</body>\r\n</html>\r\n", code, reason)
	h := w.Header()
	h.Set("Server", serverName)
	h.Set("Content-Type", "text/html")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	w.WriteHeader(code)
	_, _ = w.Write([]byte(page))
}
