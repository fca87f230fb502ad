package seal_test

import (
	"bytes"
	"testing"

	"slipway/sandbox/seal"
)

func TestSeal(t *testing.T) {
	mine, err := seal.New([]byte("a secret"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := seal.New([]byte("another secret"))
	if err != nil {
		t.Fatal(err)
	}
	sealed := mine.Close("owner", []byte("text"))
	if bytes.Contains(sealed, []byte("text")) {
		t.Error("the text can be read")
	}
	if bytes.Equal(sealed, mine.Close("owner", []byte("text"))) {
		t.Error("a text is sealed the same way twice")
	}
	for name, c := range map[string]struct {
		seal  *seal.Seal
		owner string
		opens bool
	}{
		"its own":        {mine, "owner", true},
		"another owner":  {mine, "somebody", false},
		"another secret": {other, "owner", false},
		"no secret":      {nil, "owner", false},
	} {
		text, err := c.seal.Open(c.owner, sealed)
		if (err == nil) != c.opens || c.opens && string(text) != "text" {
			t.Errorf("%s: it opens to %q, %v", name, text, err)
		}
	}
	if nothing := (*seal.Seal)(nil).Close("owner", []byte("text")); nothing != nil {
		t.Errorf("without a secret %q is kept", nothing)
	}
	if _, err := seal.New(nil); err == nil {
		t.Error("an empty secret makes a seal")
	}
}
