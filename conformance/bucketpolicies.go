package main

import (
	"net/http"
	"sync"
)

// bucketPolicies keeps the policies of buckets away from the emulator, which obeys a refusal without a look at its
// conditions and so would refuse every upload.
type bucketPolicies struct {
	mu     sync.Mutex
	bodies map[string][]byte
}

func newBucketPolicies() *bucketPolicies { return &bucketPolicies{bodies: map[string][]byte{}} }

// answer takes the calls for a bucket's policy, and reports whether this was one that it knows an answer to.
func (p *bucketPolicies) answer(w http.ResponseWriter, r *http.Request, body []byte) bool {
	if !r.URL.Query().Has("policy") {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch known, there := p.bodies[r.URL.Path]; {
	case r.Method == http.MethodPut:
		p.bodies[r.URL.Path] = body
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodDelete:
		delete(p.bodies, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	case there:
		w.Header().Set("Content-Type", "application/json")
		w.Write(known)
	default:
		return false // the emulator knows how AWS says that there is none
	}
	return true
}
