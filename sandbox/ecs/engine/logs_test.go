package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// stream writes Docker's frames: the output's number, then a timestamped piece of a line.
func stream(pieces ...string) *bytes.Buffer {
	var b bytes.Buffer
	for i, piece := range pieces {
		output, text := piece[0]-'0', piece[1:]
		payload := time.Unix(int64(i+1), 5).UTC().Format(time.RFC3339Nano) + " " + text
		header := [8]byte{output}
		binary.BigEndian.PutUint32(header[4:], uint32(len(payload)))
		b.Write(header[:])
		b.WriteString(payload)
	}
	return &b
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		name   string
		pieces []string
		want   []string // second and text
	}{
		{"whole lines", []string{"1one\n", "2two\n"}, []string{"1 one", "2 two"}},
		{"a line in pieces", []string{"1lo", "1ng\n", "1next\n"}, []string{"1 long", "3 next"}},
		{"pieces of both outputs", []string{"1o", "2e", "1ut\n", "2rr\n"}, []string{"1 out", "2 err"}},
		{"without an end", []string{"1last"}, []string{"1 last"}},
		{"carriage return", []string{"1dos\r\n"}, []string{"1 dos"}},
		{"empty line", []string{"1\n", "1x\n"}, []string{"1 ", "2 x"}},
	} {
		var got []string
		err := lines(stream(c.pieces...), func(at time.Time, text string) error {
			got = append(got, fmt.Sprint(at.Unix(), " ", text))
			return nil
		})
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func TestLinesAreCutAtTheLargestEvent(t *testing.T) {
	piece := "1" + strings.Repeat("x", maxLine/2)
	var sizes []int
	err := lines(stream(piece, piece, piece), func(_ time.Time, text string) error {
		sizes = append(sizes, len(text))
		return nil
	})
	if err != nil || !slices.Equal(sizes, []int{maxLine, maxLine / 2}) {
		t.Errorf("pieces of %v bytes, %v", sizes, err)
	}
}

func TestOutcomeOfAPull(t *testing.T) {
	good := `{"status":"Pulling"}` + "\n" + `{"status":"Done"}`
	if err := outcome(strings.NewReader(good)); err != nil {
		t.Error(err)
	}
	bad := `{"status":"Pulling"}` + "\n" + `{"errorDetail":{"message":"x"},"error":"manifest unknown"}`
	if err := outcome(strings.NewReader(bad)); err == nil || err.Error() != "manifest unknown" {
		t.Errorf("outcome = %v", err)
	}
}
