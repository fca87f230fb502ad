package engine

import (
	"context"
	"fmt"
	"slices"

	"slipway/automation/ui"
)

// creating is Pulumi's word for a creation that began.
const creating = "creating"

// settle finds out what became of the operations that an interrupted run left open, and asks the provider for
// nothing else: whoever may only release an image may settle a release. Updates and deletions are read from the
// provider; what a creation made is looked for and imported, or named in a warning. Then the update goes on.
func (s *Stack) settle(ctx context.Context) error {
	known, err := s.look(ctx)
	if err != nil || len(known.pending) == 0 {
		return err
	}
	for _, open := range known.pending {
		s.tell(fmt.Sprintf("an interrupted run left %s of %s open", open.op, ui.NameOf(open.URN)))
	}
	if err := s.adopt(ctx, known); err != nil {
		return err
	}
	return s.refresh(ctx, known.unsettled()...)
}

// tell warns of what is found again at every try as long as others hold the stack, once.
func (s *Stack) tell(text string) {
	if !slices.Contains(s.told, text) {
		s.told = append(s.told, text)
		s.sink.Event(ui.Warning{Text: text})
	}
}

// unsettled are the resources that a refresh must read; the stack itself, which costs no call, when there are none:
// a refresh without a target would read all.
func (s *state) unsettled() []string {
	var urns []string
	for _, open := range s.pending {
		if _, there := s.all[open.URN]; there && open.op != creating {
			urns = append(urns, open.URN)
		}
	}
	for urn, r := range s.all {
		if len(urns) == 0 && r.Type == rootType {
			urns = []string{urn}
		}
	}
	slices.Sort(urns)
	return slices.Compact(urns)
}
