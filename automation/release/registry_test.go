package release

import (
	"errors"
	"strings"
	"testing"
)

// A registry that does not answer for a moment has not lost the image that a failure would return to.
func TestARegistryThatDoesNotAnswer(t *testing.T) {
	w := newWorld(t)
	w.imageE = map[string]error{oldImage.Digest: errors.New("throttled")}
	_, err := Deploy(t.Context(), w.options())
	if err == nil || !strings.Contains(err.Error(), "throttled") || strings.Contains(err.Error()+w.sink.text(), "no longer in the registry") || len(w.updates) > 0 {
		t.Errorf("ended with %v after %d updates:\n%s", err, len(w.updates), w.sink.text())
	}
}
