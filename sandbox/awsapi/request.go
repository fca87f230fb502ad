package awsapi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxBody is the largest request, unpacked, in bytes. PutLogEvents, the largest that AWS takes, is 1 MiB.
const maxBody = 8 << 20

// request is what a request asks for, before its service is looked up.
type request struct {
	wire   wire
	action string
	decode func(any) error
	err    error
}

// readBody returns the request's body, unpacked.
func readBody(r *http.Request) ([]byte, error) {
	var in io.Reader = r.Body
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		z, err := gzip.NewReader(io.LimitReader(r.Body, maxBody+1))
		if err != nil {
			return nil, Errorf("SerializationException", "unpacking the request: %v", err)
		}
		in = z
	}
	body, err := io.ReadAll(io.LimitReader(in, maxBody+1))
	if known := (*Error)(nil); errors.As(err, &known) {
		return nil, known // the body is not the one that was signed
	}
	if err != nil {
		return nil, Errorf("SerializationException", "reading the request: %v", err)
	}
	if len(body) > maxBody {
		return nil, &Error{
			Code:    "RequestEntityTooLarge",
			Message: fmt.Sprintf("the request is larger than %d bytes", maxBody),
			Status:  http.StatusRequestEntityTooLarge,
		}
	}
	return body, nil
}

// parse finds the wire format and the action of a request.
func parse(r *http.Request, body []byte) request {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return parseJSON(target, body)
	}
	form := r.URL.Query()
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if strings.TrimSpace(kind) == "application/x-www-form-urlencoded" {
		posted, err := url.ParseQuery(string(body))
		if err != nil {
			return request{wire: queryWire{}, err: Errorf("MalformedQueryString", "the form does not parse: %v", err)}
		}
		for k, v := range posted {
			form[k] = v
		}
	}
	if !form.Has("Action") && strings.HasPrefix(kind, "application/") && strings.Contains(kind, "json") {
		return request{wire: jsonWire{}}
	}
	if !form.Has("Action") && r.URL.Path != "/" {
		return request{wire: restWire(r), action: r.Method + " " + r.URL.Path}
	}
	return request{
		wire:   queryWire{},
		action: form.Get("Action"),
		decode: func(v any) error { return decodeForm(form, v) },
	}
}

// restWire is how a service answers whose actions are paths: none of them is here, so nothing but errors is written.
func restWire(r *http.Request) wire {
	if name, err := signingName(r); err == nil && (name == "route53" || name == "cloudfront") {
		return queryWire{}
	}
	return jsonWire{}
}

// parseJSON parses a request whose target is "Prefix.Action".
func parseJSON(target string, body []byte) request {
	return request{
		wire:   jsonWire{},
		action: target[strings.LastIndexByte(target, '.')+1:],
		decode: func(v any) error { return decodeJSON(body, v) },
	}
}

func decodeJSON(body []byte, v any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	err := json.Unmarshal(body, v)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s: %s where %s is expected", wrong.Field, wrong.Value, wrong.Type)
	}
	if err != nil {
		return err
	}
	if name := unknown(body, v); name != "" {
		return &memberError{name}
	}
	return nil
}
