package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// corrections are texts in which the emulator answers otherwise than AWS and the provider takes notice.
var corrections = []struct {
	wrong *regexp.Regexp
	right string
}{
	// ECS leaves the field out for a service in bridge mode; the provider crashes over an empty one.
	{regexp.MustCompile(`"networkConfiguration":\s*\{\}`), `"networkConfiguration":null`},
	// EC2 keeps the tags of a launch template apart from those that the template gives to what it launches.
	{regexp.MustCompile(`<item><resourceType>launch-template</resourceType><tagSet>.*?</tagSet></item>`), ``},
}

// emulator stands in front of the emulator of the AWS APIs and adds what it forgets.
type emulator struct {
	target       *url.URL
	services     *services
	policies     *bucketPolicies
	associations *associations
}

// sent is the key of a request's body in its context.
type sent struct{}

// correct serves the corrected emulator on a port of its own.
func correct(endpoint string) (*httptest.Server, error) {
	target, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	e := &emulator{target: target, services: newServices(), policies: newBucketPolicies(), associations: newAssociations()}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		ModifyResponse: e.mend,
	}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if e.policies.answer(w, r, body) {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sent{}, body)))
	})), nil
}

func (e *emulator) mend(answer *http.Response) error {
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if err := answer.Body.Close(); err != nil {
		return err
	}
	if answer.StatusCode == http.StatusOK {
		if body, err = e.corrected(answer.Request, body); err != nil {
			return err
		}
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	answer.ContentLength = int64(len(body))
	answer.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}

func (e *emulator) corrected(request *http.Request, answer []byte) ([]byte, error) {
	for _, c := range corrections {
		answer = c.wrong.ReplaceAll(answer, []byte(c.right))
	}
	asked, _ := request.Context().Value(sent{}).([]byte)
	switch service, operation, _ := strings.Cut(request.Header.Get("X-Amz-Target"), "."); operation {
	case "CreateService", "UpdateService":
		if err := e.services.remember(asked); err != nil {
			return nil, err
		}
		return e.services.complete(answer)
	case "DescribeServices":
		return e.services.complete(answer)
	case "CreateRepository":
		if service == "CodeCommit_20150413" {
			return answer, e.tagRepository(request, asked, answer)
		}
	case "CreateAssociation":
		return answer, e.associations.remember(asked, answer)
	case "ListTagsForResource":
		if service == "AmazonSSM" {
			return e.associations.complete(asked, answer)
		}
	case "RegisterScalableTarget":
		return answer, e.tagTarget(request, asked, answer)
	}
	return answer, nil
}
