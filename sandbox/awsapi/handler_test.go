package awsapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"slipway/sandbox/awsapi"
)

const (
	signature = "AWS4-HMAC-SHA256 Credential=sandbox/20260101/us-east-1/%s/aws4_request, SignedHeaders=host, Signature=0"
	form      = "application/x-www-form-urlencoded"
)

type item struct {
	Name string      `json:"name"`
	At   awsapi.Time `json:"at"`
}

// services are one of each protocol, with an action for every way to end.
func services() []awsapi.Service {
	actions := map[string]awsapi.Action{
		"Echo":  awsapi.Do(func(_ context.Context, in item) (item, error) { return in, nil }),
		"Panic": awsapi.Do(func(context.Context, struct{}) (item, error) { panic("boom") }),
		"Fail":  awsapi.Do(func(context.Context, struct{}) (item, error) { return item{}, errors.New("disk full") }),
		"Refuse": awsapi.Do(func(context.Context, struct{}) (item, error) {
			return item{}, awsapi.Errorf("ClusterNotFoundException", "Cluster not found.")
		}),
		"Nothing": {Run: func(context.Context, func(any) error) (any, error) { return nil, nil }},
	}
	return []awsapi.Service{
		{Name: "ecs", Protocol: awsapi.JSON, Actions: actions},
		{Name: "sts", Protocol: awsapi.Query, Namespace: "https://sts/", Actions: actions},
	}
}

func send(t *testing.T, r *http.Request) (int, string, http.Header) {
	t.Helper()
	w := httptest.NewRecorder()
	awsapi.NewHandler(slog.New(slog.DiscardHandler), services()...).ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(body), w.Result().Header
}

func request(service, target, kind, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	if service != "" {
		r.Header.Set("Authorization", strings.Replace(signature, "%s", service, 1))
	}
	if target != "" {
		r.Header.Set("X-Amz-Target", target)
	}
	r.Header.Set("Content-Type", kind)
	return r
}

func TestAnswers(t *testing.T) {
	const plain = "application/x-amz-json-1.1"
	for name, c := range map[string]struct {
		r      *http.Request
		status int
		code   string // header
		body   string // contained
	}{
		"json":                 {request("ecs", "X.Echo", plain, `{"name":"a","at":1.5}`), 200, "", `{"name":"a","at":1.5}`},
		"json 1.0":             {request("ecs", "X.Echo", "application/x-amz-json-1.0", `{"name":"a"}`), 200, "", `"name":"a","at":null`},
		"json without a body":  {request("ecs", "X.Echo", plain, ``), 200, "", `"name":""`},
		"json without answer":  {request("ecs", "X.Nothing", plain, `{}`), 200, "", `{}`},
		"json of a wrong type": {request("ecs", "X.Echo", plain, `{"name":7}`), 400, "SerializationException", "name: number where string is expected"},
		"json that is none":    {request("ecs", "X.Echo", plain, `{`), 400, "SerializationException", "unexpected end"},
		"json error":           {request("ecs", "X.Refuse", plain, `{}`), 400, "ClusterNotFoundException", `{"__type":"ClusterNotFoundException","message":"Cluster not found."}`},
		"json failure":         {request("ecs", "X.Fail", plain, `{}`), 500, "InternalFailure", "disk full"},
		"json panic":           {request("ecs", "X.Panic", plain, `{}`), 500, "InternalFailure", "unknown error"},
		"json action":          {request("ecs", "X.Explode", plain, `{}`), 400, "UnknownOperationException", "the action Explode of ecs"},
		"json no target":       {request("ecs", "", plain, `{}`), 400, "UnknownOperationException", "names no action"},
		"json service":         {request("dynamodb", "X.Scan", plain, `{}`), 400, "UnknownOperationException", "the service dynamodb"},
		"wrong protocol":       {request("sts", "X.Echo", plain, `{}`), 400, "UnknownOperationException", "the service sts"},
		"query":                {request("sts", "", form, `Action=Echo&Name=a&At=2026-01-02T03:04:05Z`), 200, "", `<EchoResponse xmlns="https://sts/"><EchoResult><Name>a</Name><At>2026-01-02T03:04:05.000Z</At></EchoResult><ResponseMetadata><RequestId>`},
		"query without answer": {request("sts", "", form, `Action=Nothing`), 200, "", `<NothingResult></NothingResult>`},
		"query error":          {request("sts", "", form, `Action=Refuse`), 400, "ClusterNotFoundException", `<Error><Type>Sender</Type><Code>ClusterNotFoundException</Code>`},
		"query failure":        {request("sts", "", form, `Action=Fail`), 500, "InternalFailure", `<Type>Receiver</Type>`},
		"query wrong value":    {request("sts", "", form, `Action=Echo&At=soon`), 400, "SerializationException", `At: &#34;soon&#34;`},
		"query action":         {request("sts", "", form, `Action=Explode`), 400, "InvalidAction", "the action Explode of sts"},
		"query no action":      {request("sts", "", form, ``), 400, "InvalidAction", "names no action"},
		"query garbled":        {request("sts", "", form, `Action=%zz`), 400, "MalformedQueryString", "does not parse"},
		"no signature":         {request("", "X.Echo", plain, `{}`), 403, "MissingAuthenticationToken", "Missing"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body, header := send(t, c.r)
			if status != c.status || header.Get("x-amzn-ErrorType") != c.code || !strings.Contains(body, c.body) {
				t.Errorf("got %d %q %s", status, header.Get("x-amzn-ErrorType"), body)
			}
			if !wellFormed(header.Get("Content-Type"), body) {
				t.Errorf("not well-formed: %s", body)
			}
			if len(header.Get("x-amzn-RequestId")) != 36 {
				t.Errorf("request id is %q", header.Get("x-amzn-RequestId"))
			}
		})
	}
}

// wellFormed tells whether the whole body is one document of its type.
func wellFormed(kind, body string) bool {
	if kind != "text/xml" {
		return json.Valid([]byte(body))
	}
	var v struct{}
	return xml.Unmarshal([]byte(body), &v) == nil
}

func TestSignature(t *testing.T) {
	for header, ok := range map[string]bool{
		strings.Replace(signature, "%s", "ecs", 1):                                                      true,
		"AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/ecs/aws4_request,SignedHeaders=a,Signature=b": true,
		"AWS4-HMAC-SHA256 SignedHeaders=a, Credential=k/20260101/us-east-1/ecs/aws4_request":            true,
		"": false, "Basic QVdTOng=": false,
		"AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/aws4_request":        false,
		"AWS4-HMAC-SHA256 Credential=k/today/us-east-1/ecs/aws4_request":       false,
		"AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/ecs/aws4_requestor":  false,
		"AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/e cs/aws4_request x": false,
	} {
		r := request("", "X.Nothing", "application/x-amz-json-1.1", "{}")
		r.Header.Set("Authorization", header)
		if status, body, _ := send(t, r); (status == http.StatusOK) != ok || !ok && status != http.StatusForbidden {
			t.Errorf("%q is answered %d %s", header, status, body)
		}
	}
	presigned := httptest.NewRequest(http.MethodGet, "/?Action=Nothing&X-Amz-Credential=k%2F20260101%2Fus-east-1%2Fsts%2Faws4_request", nil)
	if status, body, _ := send(t, presigned); status != http.StatusOK {
		t.Errorf("a presigned request is answered %d %s", status, body)
	}
}

func TestBody(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(`{"name":"zipped"}`)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r := request("ecs", "X.Echo", "application/x-amz-json-1.1", packed.String())
	r.Header.Set("Content-Encoding", "gzip")
	if status, body, _ := send(t, r); status != 200 || !strings.Contains(body, "zipped") {
		t.Errorf("a packed request is answered %d %s", status, body)
	}
	r = request("ecs", "X.Echo", "application/x-amz-json-1.1", "not packed")
	r.Header.Set("Content-Encoding", "gzip")
	if status, _, _ := send(t, r); status != 400 {
		t.Errorf("a garbled packed request is answered %d", status)
	}
	r = request("ecs", "X.Echo", "application/x-amz-json-1.1", strings.Repeat(" ", 9<<20))
	if status, _, _ := send(t, r); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a request of 9 MB is answered %d", status)
	}
}

func TestTime(t *testing.T) {
	at := awsapi.Time{Time: time.UnixMilli(1700000000123)}
	b, err := at.MarshalJSON()
	if err != nil || string(b) != "1700000000.123" {
		t.Errorf("json is %s, %v", b, err)
	}
	var back awsapi.Time
	if err := back.UnmarshalJSON(b); err != nil || !back.Equal(at.Time) {
		t.Errorf("back is %v, %v", back, err)
	}
	if err := back.UnmarshalJSON([]byte(`"soon"`)); err == nil {
		t.Error("a text is taken for a timestamp")
	}
}
