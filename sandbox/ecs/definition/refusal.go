package definition

import "fmt"

// Refusal is why a task definition is not accepted: a sentence for the user, in ECS's words where ECS has them.
type Refusal struct{ Sentence string }

func (r *Refusal) Error() string { return r.Sentence }

func refuse(format string, args ...any) error {
	return &Refusal{fmt.Sprintf(format, args...)}
}
