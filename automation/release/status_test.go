package release

import (
	"context"
	"testing"
)

func TestCurrent(t *testing.T) {
	w := newWorld(t)
	s, err := Current(context.Background(), "dev", envStack{w}, w.book, w)
	if err != nil {
		t.Fatal(err)
	}
	if !s.AsMeant || s.Healthy != 2 || s.Desired != 2 || s.Digest != oldImage.Digest || s.Release == nil || s.Release.Number != 1 {
		t.Errorf("status %+v", s)
	}
	w.outputs["Image"] = newImage.Ref()
	if s, err = Current(context.Background(), "dev", envStack{w}, w.book, w); err != nil || s.AsMeant || s.Release != nil {
		t.Errorf("another image is meant: %+v, %v", s, err)
	}
	w.outputs = map[string]any{}
	if _, err = Current(context.Background(), "dev", envStack{w}, w.book, w); err == nil {
		t.Error("an environment that does not stand has a status")
	}
}
