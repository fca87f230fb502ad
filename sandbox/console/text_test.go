package console

import (
	"reflect"
	"testing"
	"time"
)

func TestParts(t *testing.T) {
	tests := []struct {
		text string
		want []part
	}{
		{"", nil},
		{"no address", []part{{Text: "no address"}}},
		{"see (https://a.test/x?y=1&z=2).", []part{{Text: "see ("}, {"https://a.test/x?y=1&z=2", "https://a.test/x?y=1&z=2"}, {Text: ")."}}},
		{"http://a.test http://b.test/", []part{{"http://a.test", "http://a.test"}, {Text: " "}, {"http://b.test/", "http://b.test/"}}},
		{"javascript:alert(1) https:// ftp://a.test", []part{{Text: "javascript:alert(1) https:// ftp://a.test"}}},
		{`<a href="https://a.test/">x</a>`, []part{{Text: `<a href="`}, {"https://a.test/", "https://a.test/"}, {Text: `">x</a>`}}},
	}
	for _, test := range tests {
		if got := parts(test.text); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q\ngot  %+v\nwant %+v", test.text, got, test.want)
		}
	}
}

func TestLasted(t *testing.T) {
	tests := map[time.Duration]string{0: "0s", 1234 * time.Millisecond: "1.2s", 12400 * time.Millisecond: "12s", 2*time.Hour + time.Second: "2h0m1s", -time.Second: "0s"}
	for d, want := range tests {
		if got := lasted(noon, noon.Add(d)); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
	if got := lasted(noon, time.Time{}); got != "" {
		t.Errorf("what has no end lasted %q", got)
	}
}
