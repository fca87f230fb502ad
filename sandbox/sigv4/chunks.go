package sigv4

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"slipway/sandbox/awsapi"
)

var lengthRequired = awsapi.Error{
	Code: "MissingContentLength", Message: "You must provide the x-amz-decoded-content-length header.",
	Status: http.StatusLengthRequired,
}

// longestLine is how long the line before a chunk, or a trailing header, may be.
const longestLine = 4 << 10

// chunks reads a body that is sent as aws-chunked: each chunk after a line with its size and signature, the last
// of them empty, then trailing headers.
type chunks struct {
	closer  io.Closer
	in      *bufio.Reader
	left    int64 // of the whole body
	chunk   int64 // left of this chunk
	first   bool
	check   *chunkSignatures // nil where chunks have no signatures
	trailer http.Header
	err     error
}

func newChunks(body io.ReadCloser, size int64, trailer http.Header) *chunks {
	return &chunks{closer: body, in: bufio.NewReaderSize(body, longestLine), left: size, first: true, trailer: trailer}
}

func (c *chunks) Close() error { return c.closer.Close() }

func (c *chunks) Read(p []byte) (n int, err error) {
	if c.err == nil && c.chunk == 0 {
		c.err = c.next()
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err = c.in.Read(p[:min(int64(len(p)), c.chunk)])
	c.chunk -= int64(n)
	if c.check != nil {
		c.check.write(p[:n])
	}
	if err != nil {
		c.err = cut(err)
	}
	return n, c.err
}

// next reads the line before a chunk. After the last chunk it returns io.EOF.
func (c *chunks) next() error {
	if !c.first {
		if err := c.endOfChunk(); err != nil {
			return err
		}
	}
	c.first = false
	line, err := c.line()
	if err != nil {
		return err
	}
	digits, extension, _ := strings.Cut(line, ";")
	size, err := strconv.ParseInt(strings.TrimSpace(digits), 16, 64)
	if err != nil || size < 0 {
		return errChunk("a chunk begins with its size in hexadecimal digits")
	}
	if size > c.left {
		return errChunk("it is longer than x-amz-decoded-content-length says")
	}
	if c.check != nil {
		c.check.begin(strings.TrimPrefix(strings.TrimSpace(extension), "chunk-signature="))
	}
	c.left, c.chunk = c.left-size, size
	if size > 0 {
		return nil
	}
	return c.end()
}

// endOfChunk reads what stands behind a chunk and checks its signature.
func (c *chunks) endOfChunk() error {
	if line, err := c.line(); err != nil || line != "" {
		return errors.Join(err, errChunk("a chunk is longer than its size"))
	}
	if c.check != nil {
		return c.check.end()
	}
	return nil
}

// end reads the trailing headers.
func (c *chunks) end() error {
	if c.left > 0 {
		return errChunk("it is shorter than x-amz-decoded-content-length says")
	}
	if c.check != nil {
		if err := c.check.end(); err != nil {
			return err
		}
	}
	var lines []string
	for {
		line, err := c.line()
		if err == io.ErrUnexpectedEOF && line == "" || err == nil && line == "" {
			break
		}
		if err != nil {
			return err
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || len(lines) > 20 {
			return errChunk("a trailing header is a name, a colon and a value")
		}
		c.trailer.Add(name, strings.TrimSpace(value))
		lines = append(lines, line)
	}
	if c.check != nil {
		if err := c.check.trailer(lines); err != nil {
			return err
		}
	}
	return io.EOF
}

// line reads a line without its end.
func (c *chunks) line() (string, error) {
	line, err := c.in.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return "", errChunk("a line is too long")
	}
	return strings.TrimRight(string(line), "\r\n"), cut(err)
}

// cut makes an early end of a body an error.
func cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
