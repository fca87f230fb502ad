package ui

import (
	"encoding/json"
	"sort"
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
		if len(secret) >= shortest {
			r.secrets = append(r.secrets, secret)
		}
	}
	sort.Slice(r.secrets, func(i, j int) bool { return len(r.secrets[i]) > len(r.secrets[j]) })
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
	switch v := e.(type) {
	case StepStarted:
		v.Note = r.Text(v.Note)
		e = v
	case StepEnded:
		v.Note = r.Text(v.Note)
		e = v
	case ResourceStarted:
		v.Name, v.URN = r.Text(v.Name), r.Text(v.URN)
		e = v
	case ResourceEnded:
		v.Name, v.URN, v.Err = r.Text(v.Name), r.Text(v.URN), r.Text(v.Err)
		e = v
	case Booting:
		v.Step = r.Text(v.Step)
		e = v
	case Note:
		e = Note{Text: r.Text(v.Text)}
	case Warning:
		e = Warning{Text: r.Text(v.Text)}
	case Result:
		v.Data = r.data(v.Data)
		e = v
	}
	r.next.Event(e)
}

// data hides secrets in the strings of any value, by way of its JSON form.
func (r *Redactor) data(value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		return value
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return value
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
		for key := range v {
			v[key] = r.walk(v[key])
		}
	}
	return value
}
