package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
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
	groups       *groups
	fleet        *fleet
	world        *world
	proxy        *httputil.ReverseProxy
}

// sent is the key of a request's body in its context.
type sent struct{}

// correct stands in front of the emulator at an endpoint.
func correct(endpoint string) (*emulator, error) {
	target, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	e := &emulator{target: target, services: newServices(), policies: newBucketPolicies(), associations: newAssociations(), groups: newGroups()}
	e.fleet, e.world = newFleet(e), &world{e: e, keys: map[string]string{}}
	e.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		ModifyResponse: e.mend,
	}
	return e, nil
}

// ServeHTTP answers a call of AWS's APIs.
func (e *emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if e.policies.answer(w, r, body) {
		return
	}
	for _, answer := range []func(http.ResponseWriter, *http.Request, []byte) (bool, error){e.fleet.answer, e.gap} {
		answered, err := answer(w, r, body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		if answered {
			return
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	e.proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sent{}, body)))
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
	answer = e.groups.complete(request, asked, answer)
	switch service, operation, _ := strings.Cut(request.Header.Get("X-Amz-Target"), "."); operation {
	case "CreateService", "UpdateService":
		if err := errors.Join(e.services.remember(asked), e.fleet.remember(asked)); err != nil {
			return nil, err
		}
		return e.services.complete(answer, e.fleet.rolled)
	case "DescribeServices":
		return e.services.complete(answer, e.fleet.rolled)
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
