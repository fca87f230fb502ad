package engine

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

type refusal struct{ key string }

func (r *refusal) Error() string { return r.key + " cannot be changed" }

// The engine passes an error on as text; who called it still gets the program's own.
func TestErrorOfTheProgramKeepsItsType(t *testing.T) {
	refuse := true
	s := open(t, Options{Project: newProject(t), Program: func(*pulumi.Context) error {
		if refuse {
			return &refusal{"capacity"}
		}
		return nil
	}})
	_, previewed := s.Preview(t.Context(), nil)
	_, updated := s.Update(t.Context(), nil, "")
	for doing, err := range map[string]error{"preview": previewed, "update": updated} {
		var known *refusal
		if !errors.As(err, &known) || known.key != "capacity" {
			t.Errorf("%s: %v", doing, err)
		}
	}
	refuse = false
	if _, err := s.Update(t.Context(), nil, ""); err != nil {
		t.Fatal(err)
	}
}
