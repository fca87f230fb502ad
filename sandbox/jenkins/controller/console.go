package controller

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// logged opens the log of a request's build at an offset, and says how long it is and whether it may grow.
func (c *Controller) logged(r *http.Request, start int64) (log *os.File, size int64, more bool, err error) {
	c.mu.Lock()
	_, b, err := c.build(r)
	if err == nil {
		more = b.running() // asked before the size: what is written afterwards is seen by the next request
	}
	c.mu.Unlock()
	if err != nil {
		return nil, 0, false, err
	}
	log, err = os.Open(c.logFile(b))
	if errors.Is(err, fs.ErrNotExist) && more {
		log, err = os.Open(os.DevNull) // the build has just begun
	}
	if err != nil {
		return nil, 0, false, err
	}
	info, err := log.Stat()
	if err == nil {
		size = max(info.Size(), 0)
		_, err = log.Seek(min(start, size), io.SeekStart)
	}
	if err != nil {
		_ = log.Close()
	}
	return log, size, more, err
}

func (c *Controller) consoleText(w http.ResponseWriter, r *http.Request) error {
	log, _, _, err := c.logged(r, 0)
	if err != nil {
		return err
	}
	defer log.Close()
	w.Header().Set("Content-Type", "text/plain;charset=utf-8")
	_, _ = io.Copy(w, log) // a client that has gone needs no answer
	return nil
}

// progressiveText answers what the log has from the byte start on. X-Text-Size is where to go on,
// X-More-Data says that there is more to come.
func (c *Controller) progressiveText(w http.ResponseWriter, r *http.Request) error {
	start, _ := strconv.ParseInt(r.FormValue("start"), 10, 64) // Jenkins takes what is no number for 0
	log, size, more, err := c.logged(r, max(start, 0))
	if err != nil {
		return err
	}
	defer log.Close()
	w.Header().Set("Content-Type", "text/plain;charset=utf-8")
	w.Header().Set("X-Text-Size", strconv.FormatInt(size, 10))
	if more {
		w.Header().Set("X-More-Data", "true")
	}
	_, _ = io.CopyN(w, log, max(size-max(start, 0), 0))
	return nil
}

// artifact answers a file that the build has archived.
func (c *Controller) artifact(w http.ResponseWriter, r *http.Request) error {
	c.mu.Lock()
	_, b, err := c.build(r)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	path := filepath.FromSlash(r.PathValue("path"))
	if !filepath.IsLocal(path) || strings.HasSuffix(r.URL.Path, "/") {
		return errNotFound
	}
	f, err := os.Open(filepath.Join(c.archiveDir(b), path))
	if errors.Is(err, fs.ErrNotExist) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return errNotFound
	}
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; img-src 'self'; style-src 'self';")
	http.ServeContent(w, r, filepath.Base(path), info.ModTime(), f)
	return nil
}
