package engine

import (
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// returned keeps the error of a program, whose type is lost on its way through the engine.
type returned struct {
	mu  sync.Mutex
	err error
}

// by is the program, with its error kept.
func (r *returned) by(program pulumi.RunFunc) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		err := program(ctx)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.err = err
		return err
	}
}

// take answers the error of the last run, once.
func (r *returned) take() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.err
	r.err = nil
	return err
}
