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

func (d *redirect) serve(_ *proxy, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", serverName)
	w.Header().Set("Location", d.location(r))
	code := http.StatusFound
	if d.StatusCode == "HTTP_301" {
		code = http.StatusMovedPermanently
	}
	writePage(w, code)
}

func (d *redirect) location(r *http.Request) string {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = r.Host, "80"
	}
	fill := strings.NewReplacer("#{protocol}", "http", "#{host}", host, "#{port}", port,
		"#{path}", strings.TrimPrefix(r.URL.EscapedPath(), "/"), "#{query}", r.URL.RawQuery)
	part := func(given, otherwise string) string {
		if given == "" {
			given = otherwise
		}
		return fill.Replace(given)
	}
	scheme := strings.ToLower(part(d.Protocol, "#{protocol}"))
	to := fmt.Sprintf("%s://%s:%s%s", scheme, part(d.Host, "#{host}"), part(d.Port, "#{port}"), part(d.Path, "/#{path}"))
	if q := part(d.Query, "#{query}"); q != "" {
		to += "?" + q
	}
	return to
}
