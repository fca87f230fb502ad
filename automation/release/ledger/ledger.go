// Package ledger is the record of all releases of an environment: one JSON object for each in delivery's bucket,
//
//	ledger/ENVIRONMENT/99999987-12.json
//
// created when a release begins to change something and replaced once, when it has ended. Both writes are conditional,
// so that two deployers never take one number and an ended release is never written over. The first part of a name
// counts down: S3 lists keys in the order of their bytes (Amazon S3 user guide, "Listing object keys
// programmatically", 2026-11), and a listing has to begin with the newest.
package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"golang.org/x/sync/errgroup"

	"slipway/infra/outputs"
)

// Prefix begins every key of the ledger.
const Prefix = outputs.LedgerPrefix

// most is the largest number of a release.
const most = 99_999_999

// mostBytes bounds what is read of one object: a report has bounded lines, and texts are cut before they are written.
const mostBytes = 4 << 20

// Objects is the part of S3 that a ledger needs.
type Objects interface {
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
}

// Ledger is the ledger of one environment.
type Ledger struct {
	Bucket, Environment string
	Objects             Objects
	Now                 func() time.Time
}

// Attempt is a release that was begun and has not ended.
type Attempt struct {
	ledger Ledger
	key    string
	etag   string
	Entry  Entry
}

// ErrEnded says that an attempt was finished already.
var ErrEnded = errors.New("the release has been recorded already")

// Begin records that a release begins. It takes the next free number.
func (l Ledger) Begin(ctx context.Context, e Entry) (*Attempt, error) {
	newest, err := l.newest(ctx)
	if err != nil {
		return nil, err
	}
	e.Environment, e.Outcome, e.Process = l.Environment, InProgress, self()
	for e.Number = newest + 1; e.Number < most; e.Number++ {
		a := &Attempt{ledger: l, key: l.key(e.Number), Entry: e}
		switch err := a.put(ctx, nil, aws.String("*")); {
		case err == nil:
			return a, nil
		case !refused(err):
			return nil, fmt.Errorf("write %s in bucket %s: %w", a.key, l.Bucket, err)
		}
	}
	return nil, fmt.Errorf("the ledger of %s is full", l.Environment)
}

// Finish records how the release ended. An attempt is finished once; then it answers ErrEnded.
func (a *Attempt) Finish(ctx context.Context) error {
	if a.Entry.Outcome == InProgress || a.etag == "" {
		return errors.New("a release ends with an outcome")
	}
	err := a.put(ctx, aws.String(a.etag), nil)
	if refused(err) {
		return ErrEnded
	}
	if err != nil {
		return fmt.Errorf("write %s in bucket %s: %w", a.key, a.ledger.Bucket, err)
	}
	a.etag = ""
	return nil
}

func (a *Attempt) put(ctx context.Context, match, noneMatch *string) error {
	text, err := json.MarshalIndent(a.Entry, "", "  ")
	if err != nil {
		return err
	}
	out, err := a.ledger.Objects.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(a.ledger.Bucket), Key: aws.String(a.key), Body: bytes.NewReader(append(text, '\n')),
		ContentType: aws.String("application/json"), IfMatch: match, IfNoneMatch: noneMatch,
	})
	if err == nil {
		a.etag = aws.ToString(out.ETag)
	}
	return err
}

// refused is S3's answer to a conditional write whose condition does not hold, or that lost against another one at the
// same time (Amazon S3 user guide, "How to prevent object overwrites with conditional writes", 2026-11).
func refused(err error) bool {
	var answer smithy.APIError
	return errors.As(err, &answer) && (answer.ErrorCode() == "PreconditionFailed" || answer.ErrorCode() == "ConditionalRequestConflict")
}

// List answers the newest n releases, newest first; 0 is all of them.
func (l Ledger) List(ctx context.Context, n int) ([]Entry, error) {
	var out []Entry
	err := l.Scan(ctx, n, func(e Entry) bool {
		out = append(out, e)
		return true
	})
	return out, err
}

// Read answers one release by its number; ok is false when there is none.
func (l Ledger) Read(ctx context.Context, number int) (e Entry, ok bool, err error) {
	if number < 1 || number >= most {
		return Entry{}, false, nil
	}
	// With the one after it: an attempt that was never finished is judged by what came later.
	from := min(number+1, most-1)
	keys, err := l.keys(ctx, l.folder()+countdown(from+1)+"~", 2)
	if err != nil {
		return Entry{}, false, err
	}
	all, err := l.read(ctx, keys)
	if err != nil {
		return Entry{}, false, err
	}
	for _, e := range l.judged(all, false) {
		if e.Number == number {
			return e, true, nil
		}
	}
	return Entry{}, false, nil
}

// page is how many objects are asked for at a time.
const page = 10

// Scan shows the releases, newest first, until see answers false or the given number was shown; 0 is all of them.
func (l Ledger) Scan(ctx context.Context, limit int, see func(Entry) bool) error {
	after, ended := "", false
	for seen := 0; ; {
		keys, err := l.keys(ctx, after, page)
		if err != nil || len(keys) == 0 {
			return err
		}
		all, err := l.read(ctx, keys)
		if err != nil {
			return err
		}
		for _, e := range l.judged(all, ended) {
			ended = ended || e.ended()
			if seen++; !see(e) || seen == limit {
				return nil
			}
		}
		after = keys[len(keys)-1]
	}
}

// judged completes entries, newest first, of which a newer one may have ended.
func (l Ledger) judged(all []Entry, ended bool) []Entry {
	for i, e := range all {
		all[i] = e.overtaken(ended, l.Now())
		ended = ended || e.ended()
	}
	return all
}

// read gets objects side by side.
func (l Ledger) read(ctx context.Context, keys []string) ([]Entry, error) {
	all := make([]Entry, len(keys))
	g, ctx := errgroup.WithContext(ctx)
	for i, key := range keys {
		g.Go(func() (err error) { all[i], err = l.get(ctx, key); return err })
	}
	return all, g.Wait()
}

func (l Ledger) get(ctx context.Context, key string) (Entry, error) {
	e, _, err := l.load(ctx, key)
	return e, err
}

// load reads an object and its ETag.
func (l Ledger) load(ctx context.Context, key string) (Entry, string, error) {
	out, err := l.Objects.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(l.Bucket), Key: aws.String(key)})
	if err != nil {
		return Entry{}, "", fmt.Errorf("read %s in bucket %s: %w", key, l.Bucket, err)
	}
	defer func() { _ = out.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(out.Body, mostBytes))
	if err != nil {
		return Entry{}, "", fmt.Errorf("read %s in bucket %s: %w", key, l.Bucket, err)
	}
	e, err := parse(text, l.Environment)
	if err != nil {
		return Entry{}, "", fmt.Errorf("read %s in bucket %s: %w", key, l.Bucket, err)
	}
	if number, _ := numberOf(key); number != e.Number {
		return Entry{}, "", fmt.Errorf("read %s in bucket %s: it says that it is number %d", key, l.Bucket, e.Number)
	}
	return e, aws.ToString(out.ETag), nil
}

// parse reads an object. What is no release of the environment is an error: nothing may be concluded from it.
func parse(text []byte, environment string) (Entry, error) {
	var e Entry
	if err := json.Unmarshal(text, &e); err != nil {
		return Entry{}, err
	}
	switch {
	case e.Environment != environment:
		return Entry{}, fmt.Errorf("it is of environment %q", e.Environment)
	case e.Number < 1 || e.Number >= most:
		return Entry{}, fmt.Errorf("its number is %d", e.Number)
	case e.Outcome == "":
		return Entry{}, errors.New("it has no outcome")
	}
	return e, nil
}

func (l Ledger) newest(ctx context.Context) (int, error) {
	keys, err := l.keys(ctx, "", 1)
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	number, _ := numberOf(keys[0])
	return number, nil
}

// keys lists at most n keys of releases after one, newest first.
func (l Ledger) keys(ctx context.Context, after string, n int) ([]string, error) {
	input := &s3.ListObjectsV2Input{Bucket: aws.String(l.Bucket), Prefix: aws.String(l.folder()), MaxKeys: aws.Int32(int32(n))}
	if after != "" {
		input.StartAfter = aws.String(after)
	}
	out, err := l.Objects.ListObjectsV2(ctx, input)
	if err != nil {
		return nil, fmt.Errorf("list %s in bucket %s: %w", l.folder(), l.Bucket, err)
	}
	var keys []string
	for _, object := range out.Contents {
		if _, ok := numberOf(aws.ToString(object.Key)); ok {
			keys = append(keys, *object.Key)
		}
	}
	return keys, nil
}

func (l Ledger) folder() string { return Prefix + l.Environment + "/" }

func (l Ledger) key(number int) string {
	return l.folder() + countdown(number) + "-" + strconv.Itoa(number) + ".json"
}

func countdown(number int) string { return fmt.Sprintf("%08d", most-number) }

// numberOf reads the number in a key; ok is false for a key that no release has.
func numberOf(key string) (number int, ok bool) {
	name := key[strings.LastIndex(key, "/")+1:]
	down, rest, _ := strings.Cut(name, "-")
	number, err := strconv.Atoi(strings.TrimSuffix(rest, ".json"))
	return number, err == nil && number > 0 && number < most && down == countdown(number) && name == countdown(number)+"-"+strconv.Itoa(number)+".json"
}

// Environments lists those that have a ledger in the bucket, of whichever project.
func (l Ledger) Environments(ctx context.Context) ([]string, error) {
	var names []string
	in := &s3.ListObjectsV2Input{Bucket: aws.String(l.Bucket), Prefix: aws.String(Prefix), Delimiter: aws.String("/")}
	for {
		out, err := l.Objects.ListObjectsV2(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("list %s in bucket %s: %w", Prefix, l.Bucket, err)
		}
		for _, folder := range out.CommonPrefixes {
			names = append(names, strings.TrimSuffix(strings.TrimPrefix(aws.ToString(folder.Prefix), Prefix), "/"))
		}
		if !aws.ToBool(out.IsTruncated) {
			return names, nil
		}
		in.ContinuationToken = out.NextContinuationToken
	}
}
