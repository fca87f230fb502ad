package artifact

import (
	"errors"
	"io"
)

var errDirectory = errors.New("the table of the archive is too long")

// metered lets so many bytes be read until it is open: the table of an archive is read before anything can be known
// of its length, and is held in memory.
type metered struct {
	io.ReaderAt
	left int64
	open bool
}

// ReadAt reads, and counts.
func (m *metered) ReadAt(p []byte, from int64) (int, error) {
	if m.open {
		return m.ReaderAt.ReadAt(p, from)
	}
	if m.left <= 0 {
		return 0, errDirectory
	}
	n, err := m.ReaderAt.ReadAt(p, from)
	m.left -= int64(n)
	return n, err
}
