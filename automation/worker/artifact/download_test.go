package artifact

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/jonboulle/clockwork"
)

// store is an S3 with one object, which may behave badly.
type store struct {
	mu     sync.Mutex
	object io.ReadSeeker
	size   int64
	asked  []string // ranges
	signed bool     // every call had a Version 4 signature
	next   []func(http.ResponseWriter, *http.Request, *store)
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Header.Get("Range"))
	s.signed = s.signed && strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=ASIAJOB/")
	var do func(http.ResponseWriter, *http.Request, *store)
	if len(s.next) > 0 {
		do, s.next = s.next[0], s.next[1:]
	}
	s.mu.Unlock()
	switch {
	case do != nil:
		do(w, r, s)
	case r.Header.Get("Range") == fmt.Sprintf("bytes=%d-", s.size):
		refuse(http.StatusRequestedRangeNotSatisfiable, "InvalidRange")(w, r, s)
	default:
		http.ServeContent(w, r, "", time.Time{}, s.object)
	}
}

func refuse(status int, code string) func(http.ResponseWriter, *http.Request, *store) {
	return func(w http.ResponseWriter, _ *http.Request, _ *store) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
	}
}

// breakOff answers the first half of the object and then nothing more.
func breakOff(hang bool) func(http.ResponseWriter, *http.Request, *store) {
	return func(w http.ResponseWriter, r *http.Request, s *store) {
		w.Header().Set("Content-Length", fmt.Sprint(s.size))
		_, _ = io.CopyN(w, s.object, s.size/2)
		_ = http.NewResponseController(w).Flush()
		if hang {
			<-r.Context().Done()
		}
		panic(http.ErrAbortHandler)
	}
}

func serve(t testing.TB, object io.ReadSeeker, next ...func(http.ResponseWriter, *http.Request, *store)) (*store, Download) {
	size, err := object.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = object.Seek(0, io.SeekStart)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := &store{object: object, size: size, signed: true, next: next}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client := s3.New(s3.Options{
		Region: "eu-central-1", BaseEndpoint: &server.URL, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("ASIAJOB", "secret", "token"),
	})
	return s, Download{S3: client, Clock: clockwork.NewRealClock(), Most: 2 << 30, Stall: 200 * time.Millisecond, Pause: time.Millisecond, Tries: 3}
}

var object = Object{"artifacts", "slipway/Source/1"}

func TestDownload(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<12)
	half := fmt.Sprintf("bytes=%d-", len(content)/2)
	tests := []struct {
		name  string
		next  []func(http.ResponseWriter, *http.Request, *store)
		asked []string
	}{
		{"at once", nil, []string{""}},
		{"in two parts", []func(http.ResponseWriter, *http.Request, *store){breakOff(false)}, []string{"", half}},
		{"with a stall", []func(http.ResponseWriter, *http.Request, *store){breakOff(true)}, []string{"", half}},
		{"after an error", []func(http.ResponseWriter, *http.Request, *store){refuse(503, "SlowDown")}, []string{"", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, d := serve(t, bytes.NewReader(content), tt.next...)
			path := filepath.Join(t.TempDir(), "artifact")
			n, err := d.To(t.Context(), object, path)
			got, _ := os.ReadFile(path)
			if err != nil || n != int64(len(content)) || !bytes.Equal(got, content) {
				t.Errorf("got %d bytes, %v; the file has %d", n, err, len(got))
			}
			if fmt.Sprint(s.asked) != fmt.Sprint(tt.asked) || !s.signed {
				t.Errorf("asked for %q, signed %v", s.asked, s.signed)
			}
			if n, err := d.To(t.Context(), object, path); err != nil || n != int64(len(content)) {
				t.Errorf("a whole file was fetched again as %d bytes, %v", n, err)
			}
		})
	}
}

func TestDownloadsThatEnd(t *testing.T) {
	ignoring := func(w http.ResponseWriter, _ *http.Request, s *store) { _, _ = io.Copy(w, s.object) }
	expired := refuse(400, "ExpiredToken")
	tests := []struct {
		name string
		next []func(http.ResponseWriter, *http.Request, *store)
		most int64
		is   func(error) bool
		says string
	}{
		{"expired", []func(http.ResponseWriter, *http.Request, *store){expired}, 100, CredentialError, "s3://artifacts/slipway/Source/1"},
		{"not there", []func(http.ResponseWriter, *http.Request, *store){refuse(404, "NoSuchKey")}, 100, Missing, "NoSuchKey"},
		{"too large", nil, 15, TooLarge, "16 bytes, at most 15"},
		{"never well", []func(http.ResponseWriter, *http.Request, *store){refuse(500, "InternalError"), refuse(500, "InternalError"), refuse(500, "InternalError")}, 100,
			func(err error) bool { return !CredentialError(err) && !Missing(err) && !TooLarge(err) }, "InternalError"},
		{"a server that ignores ranges", []func(http.ResponseWriter, *http.Request, *store){breakOff(false), ignoring, ignoring, ignoring}, 100,
			func(err error) bool { return err != nil }, "not the part"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, d := serve(t, strings.NewReader("0123456789abcdef"), tt.next...)
			d.Most = tt.most
			_, err := d.To(t.Context(), object, filepath.Join(t.TempDir(), "artifact"))
			if err == nil || !tt.is(err) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// large makes an archive of so many megabytes that do not compress, a piece at a time.
func large(t testing.TB, megabytes int, method uint16) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "large.zip"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	z := zip.NewWriter(file)
	noise := rand.NewChaCha8([32]byte{})
	for left := megabytes; left > 0; left -= 16 {
		entry, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("part-%04d", left), Method: method})
		if err == nil {
			_, err = io.CopyN(entry, noise, int64(min(left, 16))<<20)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

func bring(t testing.TB, file *os.File) {
	t.Helper()
	_, d := serve(t, file)
	d.Stall = time.Minute
	dir := t.TempDir()
	if _, err := d.To(t.Context(), object, filepath.Join(dir, "artifact.zip")); err != nil {
		t.Fatal(err)
	}
	if err := Unzip(t.Context(), filepath.Join(dir, "artifact.zip"), filepath.Join(dir, "source"), Default); err != nil {
		t.Fatal(err)
	}
}

// What is allocated in all is far less than the artifact: nothing of its size is ever held.
func TestALargeArtifactIsStreamed(t *testing.T) {
	file := large(t, 24, zip.Store)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	bring(t, file)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Errorf("%d bytes were allocated for an artifact of 24 MB", used)
	}
}
