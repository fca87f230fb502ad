// Package cloudinit reads an instance's user data as cloud-init does: the files that it writes.
package cloudinit

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/mail"
	"path"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxUserData bounds what compressed user data may unfold to.
const maxUserData = 1 << 20

// File is one of write_files.
type File struct {
	Path    string // absolute, clean
	Content []byte
	Mode    fs.FileMode
	Append  bool
}

// Config is a #cloud-config.
type Config struct {
	Files []File
	Text  string // the whole document
}

// Parse reads user data: a #cloud-config, plain or compressed by gzip, or a MIME message with such parts.
// Other parts, such as shell scripts, are not read.
func Parse(userData []byte) (Config, error) {
	text, err := unzip(userData)
	if err != nil {
		return Config{}, fmt.Errorf("reading the user data: %w", err)
	}
	documents := [][]byte{text}
	if bytes.HasPrefix(bytes.ToLower(text), []byte("content-type:")) || bytes.HasPrefix(bytes.ToLower(text), []byte("mime-version:")) {
		if documents, err = parts(text); err != nil {
			return Config{}, fmt.Errorf("reading the user data's MIME message: %w", err)
		}
	}
	var c Config
	for _, d := range documents {
		if err := c.add(d); err != nil {
			return Config{}, err
		}
	}
	return c, nil
}

func (c *Config) add(document []byte) error {
	if !bytes.HasPrefix(document, []byte("#cloud-config")) {
		return nil
	}
	var parsed struct {
		WriteFiles []writeFile `yaml:"write_files"`
	}
	if err := yaml.Unmarshal(document, &parsed); err != nil {
		return fmt.Errorf("reading the #cloud-config: %w", err)
	}
	for _, w := range parsed.WriteFiles {
		f, err := w.file()
		if err != nil {
			return fmt.Errorf("write_files of %q: %w", w.Path, err)
		}
		c.Files = append(c.Files, f)
	}
	c.Text += string(document)
	return nil
}

// File returns the content of a file, and whether it is written.
func (c Config) File(name string) ([]byte, bool) {
	for _, f := range c.Files {
		if f.Path == name {
			return f.Content, true
		}
	}
	return nil, false
}

// Match returns the files whose paths match a pattern of path.Match.
func (c Config) Match(pattern string) []File {
	var found []File
	for _, f := range c.Files {
		if ok, err := path.Match(pattern, f.Path); ok && err == nil {
			found = append(found, f)
		}
	}
	return found
}

type writeFile struct {
	Path        string    `yaml:"path"`
	Content     string    `yaml:"content"`
	Encoding    string    `yaml:"encoding"`
	Permissions string    `yaml:"permissions"`
	Append      bool      `yaml:"append"`
	Source      yaml.Node `yaml:"source"`
}

func (w writeFile) file() (File, error) {
	if !path.IsAbs(w.Path) {
		return File{}, errors.New("the path is not absolute")
	}
	if !w.Source.IsZero() {
		return File{}, errors.New("a source is not fetched here")
	}
	f := File{Path: path.Clean(w.Path), Mode: 0o644, Append: w.Append}
	if w.Permissions != "" {
		mode, err := strconv.ParseUint(strings.TrimPrefix(w.Permissions, "0o"), 8, 12)
		if err != nil {
			return File{}, fmt.Errorf("the permissions %q are not octal", w.Permissions)
		}
		f.Mode = fs.FileMode(mode).Perm()
	}
	var err error
	f.Content, err = decode(w.Content, w.Encoding)
	return f, err
}

// decode reverses the encodings that cloud-init knows.
func decode(content, encoding string) ([]byte, error) {
	switch encoding {
	case "", "text/plain":
		return []byte(content), nil
	case "b64", "base64":
		return fromBase64(content)
	case "gz", "gzip":
		return unzip([]byte(content))
	case "gz+b64", "gz+base64", "gzip+b64", "gzip+base64":
		b, err := fromBase64(content)
		if err != nil {
			return nil, err
		}
		return unzip(b)
	}
	return nil, fmt.Errorf("the encoding %q is not known", encoding)
}

func fromBase64(text string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
}

// unzip returns what is not compressed as it is.
func unzip(b []byte) ([]byte, error) {
	if !bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, maxUserData+1))
	if err == nil && len(text) > maxUserData {
		err = fmt.Errorf("it unfolds to more than %d bytes", maxUserData)
	}
	return text, err
}

// parts returns the parts of a MIME message.
func parts(message []byte) ([][]byte, error) {
	m, err := mail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		return nil, err
	}
	_, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	r := multipart.NewReader(m.Body, parameters["boundary"])
	var all [][]byte
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "base64") {
			if b, err = fromBase64(string(b)); err != nil {
				return nil, err
			}
		}
		if b, err = unzip(b); err != nil {
			return nil, err
		}
		all = append(all, b)
	}
}
