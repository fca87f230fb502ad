package ui

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

// shortest is the length from which a secret is looked for: a shorter one would blot out ordinary words.
const shortest = 4

// Redactor is a Sink that hides the secret values it has been told from every text before passing it on.
type Redactor struct {
	next Sink

	mu      sync.RWMutex
	secrets []string
}

// Redact returns a Redactor in front of next.
func Redact(next Sink, secrets ...string) *Redactor {
	r := &Redactor{next: next}
	r.Hide(secrets...)
	return r
}

// Hide adds values to hide from now on, also in what a Text call sees. Very short values are left alone.
func (r *Redactor) Hide(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range secrets {
		r.secrets = append(r.secrets, forms(secret)...)
	}
	slices.SortFunc(r.secrets, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	r.secrets = slices.Compact(r.secrets)
}

// Text returns text with every secret replaced.
func (r *Redactor) Text(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, secret := range r.secrets {
		text = strings.ReplaceAll(text, secret, "[secret]")
	}
	return text
}

// Event passes e on without secrets.
func (r *Redactor) Event(e Event) {
	if v, ok := e.(Result); ok {
		v.Data = r.Data(v.Data)
		e = v
	}
	r.next.Event(texts(e, r.Text))
}

// Data hides secrets in the strings of any value, by way of its JSON form. Of a value without one nothing is left.
func (r *Redactor) Data(value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		return map[string]any{"unprintable": err.Error()}
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var plain any
	if err := decoder.Decode(&plain); err != nil {
		return map[string]any{"unprintable": err.Error()}
	}
	return r.walk(plain)
}

func (r *Redactor) walk(value any) any {
	switch v := value.(type) {
	case string:
		return r.Text(v)
	case []any:
		for i := range v {
			v[i] = r.walk(v[i])
		}
	case map[string]any:
		hidden := make(map[string]any, len(v))
		for key, held := range v {
			hidden[r.Text(key)] = r.walk(held)
		}
		return hidden
	}
	return value
}
