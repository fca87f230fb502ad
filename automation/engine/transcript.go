package engine

import (
	"fmt"
	"io"
	"os"
)

// transcript keeps what a CLI command prints in files without a name. A pipe would break, and pulumi with it,
// if this process died before pulumi has put its state in order.
type transcript struct{ out, talk *os.File }

func newTranscript(dir string) (*transcript, error) {
	out, err := unnamed(dir)
	if err != nil {
		return nil, err
	}
	talk, err := unnamed(dir)
	if err != nil {
		_ = out.Close()
		return nil, err
	}
	return &transcript{out: out, talk: talk}, nil
}

func unnamed(dir string) (*os.File, error) {
	file, err := os.CreateTemp(dir, ".output-")
	if err != nil {
		return nil, fmt.Errorf("making a file for pulumi's output: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("making a file for pulumi's output: %w", err)
	}
	return file, nil
}

func (t *transcript) read() (out, talk string, err error) {
	if out, err = whole(t.out); err == nil {
		talk, err = whole(t.talk)
	}
	return out, talk, err
}

func whole(file *os.File) (string, error) {
	text, err := io.ReadAll(io.NewSectionReader(file, 0, 1<<40))
	if err != nil {
		return "", fmt.Errorf("reading pulumi's output: %w", err)
	}
	return string(text), nil
}

func (t *transcript) close() {
	_ = t.out.Close()
	_ = t.talk.Close()
}
