package controller

import (
	"fmt"
	"os"
)

// buildLog is a build's console log. The steps write into the same file.
type buildLog struct{ *os.File }

func openLog(path string) (*buildLog, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return &buildLog{f}, err
}

// printf adds a line. That the disk is full shows in the log's end being missing.
func (l *buildLog) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(l.File, format+"\n", args...)
}
