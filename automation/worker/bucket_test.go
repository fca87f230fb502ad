package worker

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// bucket is an S3 with one object. It wants one access key, and may break off answers or expire keys.
type bucket struct {
	mu        sync.Mutex
	object    []byte // nothing: no such key
	valid     string // the access key
	breaks    int    // answers that end in the middle
	expires   bool   // the key expires with the next answer that breaks
	onExpired func()
	ranges    []string
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ranges = append(b.ranges, r.Header.Get("Range"))
	switch {
	case !strings.Contains(r.Header.Get("Authorization"), "Credential="+b.valid+"/"):
		refuse(w, http.StatusBadRequest, "ExpiredToken")
		return
	case b.object == nil:
		refuse(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	if b.breaks == 0 {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.object))
		return
	}
	b.breaks--
	if b.expires {
		b.expires, b.valid = false, "ASIALATER"
		b.onExpired()
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(b.object)))
	_, _ = w.Write(b.object[:len(b.object)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
}
