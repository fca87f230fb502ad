package s3

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// xmlns is the namespace of every answer but errors.
const xmlns = "http://s3.amazonaws.com/doc/2006-03-01/"

// largestXML is how large a request's XML may be, in bytes. The largest is one that completes 10,000 parts.
const largestXML = 4 << 20

// stamp is a time as S3 writes it.
type stamp time.Time

// MarshalText writes ISO 8601 with milliseconds.
func (s stamp) MarshalText() ([]byte, error) {
	return []byte(time.Time(s).UTC().Format("2006-01-02T15:04:05.000Z")), nil
}

type owner struct {
	ID          string
	DisplayName string
}

var account = owner{naming.CallerID, "sandbox"}

func quoted(etag string) string { return `"` + etag + `"` }

// answer writes XML whose outermost element has a name of S3's namespace.
func (c *call) answer(name string, v any) error {
	return c.write(http.StatusOK, xml.Name{Space: xmlns, Local: name}, v)
}

// write writes XML; a HEAD request gets the status alone.
func (c *call) write(status int, name xml.Name, v any) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).EncodeElement(v, xml.StartElement{Name: name}); err != nil {
		return fmt.Errorf("encoding an answer: %w", err)
	}
	c.w.Header().Set("Content-Type", "application/xml")
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(b.Bytes()) // a client that has gone needs no answer
	}
	return nil
}

// decode reads the XML of a request.
func (c *call) decode(v any) error {
	b, err := io.ReadAll(io.LimitReader(c.r.Body, largestXML+1))
	var known *awsapi.Error
	switch {
	case errors.As(err, &known):
		return err
	case err != nil:
		return short(err)
	case len(b) > largestXML || xml.Unmarshal(b, v) != nil:
		return errXML()
	}
	return nil
}

// number reads a number of the query.
func (c *call) number(name string, other, most int) (int, error) {
	text := c.query.Get(name)
	if text == "" {
		return other, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, errArgument("Argument %s must be an integer between 0 and 2147483647", name)
	}
	return min(n, most), nil
}

// encode writes a key as the request asks for it.
func (c *call) encode(key string) string {
	if c.query.Get("encoding-type") != "url" {
		return key
	}
	return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(key), "+", "%20"), "%2F", "/")
}
