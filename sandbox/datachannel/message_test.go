package datachannel

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"
)

func TestMessage(t *testing.T) {
	m := New(Output, Bytes, 7, []byte("hello"), time.UnixMilli(1764194400123))
	m.ID = [16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	raw := m.Marshal()
	if len(raw) != 120+5 || binary.BigEndian.Uint32(raw) != 116 || string(raw[4:36]) != Output+strings.Repeat(" ", 14) || raw[64] != 8 || raw[72] != 0 || string(raw[120:]) != "hello" {
		t.Errorf("marshalled as %q", raw)
	}
	got, err := Unmarshal(raw)
	if err != nil || got.Type != m.Type || got.ID != m.ID || got.Sequence != 7 || !got.Created.Equal(m.Created) || got.Kind != Bytes || !bytes.Equal(got.Payload, m.Payload) {
		t.Errorf("read back as %+v, %v", got, err)
	}
	if id := got.UUID(); id != "00010203-0405-0607-0809-0a0b0c0d0e0f" {
		t.Errorf("its id is %s", id)
	}
	raw[124]++
	if _, err := Unmarshal(raw); err == nil {
		t.Error("a changed payload is taken")
	}
	for n := range 120 {
		if _, err := Unmarshal(raw[:n]); err == nil {
			t.Errorf("%d bytes are taken", n)
		}
	}
}
