package elbv2

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// fixedResponse answers without asking a target.
type fixedResponse struct {
	ContentType string `json:"contentType"`
	Body        string `json:"messageBody,omitempty"`
	StatusCode  string `json:"statusCode,omitempty"`
}

func (f *fixedResponse) status() string {
	if f.StatusCode == "" {
		return "200"
	}
	return f.StatusCode
}

func (f *fixedResponse) serve(_ *proxy, w http.ResponseWriter, _ *http.Request) {
	code, _ := strconv.Atoi(f.status()) // checked when the action was made
	w.Header().Set("Server", serverName)
	w.Header().Set("Content-Type", f.ContentType+"; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(f.Body)))
	w.WriteHeader(code)
	_, _ = io.WriteString(w, f.Body)
}

// redirect answers with another address, in which #{protocol}, #{host}, #{port}, #{path} and #{query}
// stand for what the request had. Path keeps the leading slash outside: "/#{path}".
type redirect struct {
	Host       string `json:"host,omitempty"`
	Path       string `json:"path,omitempty"`
	Port       string `json:"port,omitempty"`
	Protocol   string `json:"protocol,omitempty"`
	Query      string `json:"query,omitempty"`
	StatusCode string `json:"statusCode"`
}

func (d *redirect) serve(p *proxy, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", serverName)
	w.Header().Set("Location", d.location(r, p.balancer.record().Port))
	code := http.StatusFound
	if d.StatusCode == "HTTP_301" {
		code = http.StatusMovedPermanently
	}
	writePage(w, code)
}

// location has the load balancer's own port of this machine in the place of 80 and 443.
func (d *redirect) location(r *http.Request, own int) string {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = r.Host, "80"
	}
	fill := strings.NewReplacer("#{protocol}", scheme(r), "#{host}", host, "#{port}", port,
		"#{path}", strings.TrimPrefix(r.URL.EscapedPath(), "/"), "#{query}", r.URL.RawQuery)
	part := func(given, otherwise string) string {
		if given == "" {
			given = otherwise
		}
		return fill.Replace(given)
	}
	if port = part(d.Port, "#{port}"); port == "80" || port == "443" {
		port = strconv.Itoa(own)
	}
	to := fmt.Sprintf("%s://%s:%s%s", strings.ToLower(part(d.Protocol, "#{protocol}")), part(d.Host, "#{host}"), port, part(d.Path, "/#{path}"))
	if q := part(d.Query, "#{query}"); q != "" {
		to += "?" + q
	}
	return to
}
