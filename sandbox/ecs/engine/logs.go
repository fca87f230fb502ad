package engine

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
)

// maxLine is the longest line that is passed on in one piece: the largest event that CloudWatch Logs takes.
const maxLine = 256 << 10

// Follow calls line with each line that the container prints, and when it did, until the container has ended
// and all is read. Lines printed at or before after are left out; the zero time leaves out none.
func (e *Engine) Follow(ctx context.Context, id string, after time.Time, line func(time.Time, string) error) error {
	from := after
	err := e.printed(ctx, id, from, true, func(at time.Time, text string) error {
		if at.After(after) {
			after = at
		}
		return line(at, text)
	})
	if err != nil {
		return err
	}
	// Who follows a container is not given its last line when that has no end (Docker Engine 20.10).
	return e.printed(ctx, id, after, false, line)
}

func (e *Engine) printed(ctx context.Context, id string, after time.Time, follow bool, line func(time.Time, string) error) error {
	opts := container.LogsOptions{ShowStdout: true, ShowStderr: true, Follow: follow, Timestamps: true}
	if !after.IsZero() {
		opts.Since = fmt.Sprintf("%d.%09d", after.Unix(), after.Nanosecond())
	}
	stream, err := e.docker.ContainerLogs(ctx, id, opts)
	if err != nil {
		return fmt.Errorf("reading the output of container %.12s: %w", id, err)
	}
	defer stream.Close()
	return lines(stream, func(at time.Time, text string) error {
		if !at.After(after) {
			return nil
		}
		return line(at, text)
	})
}

// pending is the beginning of a line that Docker has cut in pieces.
type pending struct {
	at   time.Time
	text []byte
}

// lines takes Docker's stream apart: frames of 8 bytes of header (which output, length) and a timestamped piece of a line.
func lines(stream io.Reader, line func(time.Time, string) error) error {
	in := bufio.NewReader(stream)
	var open [3]pending // by output: 1 is stdout, 2 is stderr
	for {
		output, payload, err := frame(in)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return err
		}
		p := &open[output%3]
		if err := p.add(payload, line); err != nil {
			return err
		}
	}
	for i := range open {
		if err := open[i].flush(line); err != nil {
			return err
		}
	}
	return nil
}

func frame(in io.Reader) (output byte, payload []byte, err error) {
	var header [8]byte
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return 0, nil, err
	}
	payload = make([]byte, binary.BigEndian.Uint32(header[4:]))
	_, err = io.ReadFull(in, payload)
	return header[0], payload, err
}

func (p *pending) add(payload []byte, line func(time.Time, string) error) error {
	stamp, text, _ := bytes.Cut(payload, []byte(" "))
	at, err := time.Parse(time.RFC3339Nano, string(stamp))
	if err != nil {
		return fmt.Errorf("reading the time of a line: %w", err)
	}
	if len(p.text) == 0 {
		p.at = at
	}
	p.text = append(p.text, text...)
	if !bytes.HasSuffix(text, []byte("\n")) && len(p.text) < maxLine {
		return nil
	}
	return p.flush(line)
}

func (p *pending) flush(line func(time.Time, string) error) error {
	if len(p.text) == 0 {
		return nil
	}
	text := strings.TrimRight(string(p.text), "\r\n")
	p.text = nil
	return line(p.at, text)
}
