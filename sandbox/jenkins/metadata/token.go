package metadata

import (
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

const (
	tokenPath   = "/latest/api/token"
	tokenHeader = "X-Aws-Ec2-Metadata-Token"
	ttlHeader   = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"
	longestTTL  = 21600 // seconds; the shortest is 1
)

// tokens are the session tokens that were given out.
type tokens struct {
	clock clockwork.Clock
	mu    *sync.Mutex
	until map[string]time.Time
}

func newTokens(clock clockwork.Clock) tokens {
	return tokens{clock: clock, mu: &sync.Mutex{}, until: map[string]time.Time{}}
}

// give answers a PUT. A request that came through a proxy gets no token: X-Forwarded-For is refused with 403, and a
// lifetime that is missing or out of range with 400.
func (t tokens) give(w http.ResponseWriter, r *http.Request) {
	seconds, err := strconv.Atoi(r.Header.Get(ttlHeader))
	switch {
	case len(r.Header.Values("X-Forwarded-For")) > 0:
		w.WriteHeader(http.StatusForbidden)
	case err != nil || seconds < 1 || seconds > longestTTL:
		w.WriteHeader(http.StatusBadRequest)
	default:
		w.Header().Set(ttlHeader, strconv.Itoa(seconds))
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, t.make(time.Duration(seconds)*time.Second))
	}
}

func (t tokens) make(ttl time.Duration) string {
	b := make([]byte, 40)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	token, now := base64.URLEncoding.EncodeToString(b), t.clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	for old, until := range t.until {
		if !now.Before(until) {
			delete(t.until, old)
		}
	}
	t.until[token] = now.Add(ttl)
	return token
}

func (t tokens) holds(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	until, given := t.until[token]
	return given && t.clock.Now().Before(until)
}
