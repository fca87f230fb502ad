package provider

import (
	"context"
	"errors"
	"fmt"
)

// cause says why a behaviour gave up, when it was because its context ended.
func cause(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return errors.New("it was made without an id")
	case ctx.Err() == nil:
		return err
	case errors.Is(context.Cause(ctx), errCancelled):
		return fmt.Errorf("%w: %w", errCancelled, err)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("it took longer than the time it was given: %w", err)
	}
	return err
}

// gone tells whether the context ended because the engine went away, and not by its wish or a timeout.
func gone(ctx context.Context) bool {
	return errors.Is(ctx.Err(), context.Canceled) && !errors.Is(context.Cause(ctx), errCancelled)
}
