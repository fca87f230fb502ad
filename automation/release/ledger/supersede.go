package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Supersede ends a release of another deployer that is in progress, and records by what. That deployer finds it in its own
// entry. It answers false when the release ended before.
func (l Ledger) Supersede(ctx context.Context, number int, by string) (bool, error) {
	a := &Attempt{ledger: l, key: l.key(number)}
	var err error
	if a.Entry, a.etag, err = l.load(ctx, a.key); err != nil {
		return false, err
	}
	if a.Entry.Outcome != InProgress {
		return false, nil
	}
	a.Entry.Outcome, a.Entry.SupersededBy, a.Entry.Ended = Superseded, by, l.Now().UTC().Truncate(time.Millisecond)
	err = a.put(ctx, aws.String(a.etag), nil)
	if refused(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("write %s in bucket %s: %w", a.key, l.Bucket, err)
	}
	return true, nil
}

// SupersededBy is what another deployer wrote into this release when it ended it; "" as long as none did.
func (a *Attempt) SupersededBy(ctx context.Context) (string, error) {
	e, _, err := a.ledger.load(ctx, a.key)
	if err != nil || e.Outcome != Superseded || a.Entry.Outcome != InProgress {
		return "", err
	}
	return e.SupersededBy, nil
}
