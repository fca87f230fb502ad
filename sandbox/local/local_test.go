package local_test

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"slipway/sandbox/local"
)

// visit is the variable by which a test lets this very program connect as another user.
const visit = "SLIPWAY_TEST_VISIT"

func TestMain(m *testing.M) {
	if address := os.Getenv(visit); address != "" {
		os.Exit(visitor(address, os.Getenv(visit+"_CLOSE") != ""))
	}
	os.Exit(m.Run())
}

// visitor asks for a line and prints it. One that closes at once wants what it sent to be read as somebody else's.
func visitor(address string, closes bool) int {
	c, err := net.Dial("tcp", address)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer c.Close()
	if _, err := c.Write([]byte("x")); err != nil || closes {
		return 0
	}
	answer, _ := io.ReadAll(c)
	fmt.Print(string(answer))
	return 0
}

// door answers "hello" and notes how many connections it has taken.
func door(t *testing.T) (address string, taken func() int) {
	t.Helper()
	l, err := local.Listen("127.0.0.1:0", slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	all := make(chan struct{}, 1000)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all <- struct{}{}
			_, _ = c.Write([]byte("hello"))
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close() })
	return l.Addr().String(), func() int { return len(all) }
}

// as runs this program as a user with an address to visit.
func as(t *testing.T, uid uint32, address string, more ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/fd/3")
	program, err := os.Open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	cmd.ExtraFiles = []*os.File{program} // the folder it is in may be closed to that user
	cmd.Env = append([]string{visit + "=" + address}, more...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("visiting as %d: %v: %s", uid, err, out)
	}
	return string(out)
}

func TestOnlyTheUserAndRootAreAnswered(t *testing.T) {
	if os.Geteuid() != 0 || !local.Tells() {
		t.Skip("only root on Linux can act as another user")
	}
	address, taken := door(t)
	if out := as(t, 0, address); out != "hello" {
		t.Errorf("root hears %q", out)
	}
	for range 20 {
		as(t, 12345, address, visit+"_CLOSE=1")
	}
	if out := as(t, 12345, address); out != "" {
		t.Errorf("another user hears %q", out)
	}
	if n := taken(); n != 1 {
		t.Errorf("%d connections were taken", n)
	}
}

func TestPeersOfBothFamilies(t *testing.T) {
	if !local.Tells() {
		t.Skip("this system does not say whose a connection is")
	}
	address, _ := door(t)
	for _, network := range []string{"tcp4", "tcp"} {
		c, err := net.DialTimeout(network, address, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(c)
		if err != nil || string(answer) != "hello" {
			t.Errorf("%s hears %q, %v", network, answer, err)
		}
		c.Close()
	}
}

// The user of a connection is known however many others come and go.
func TestPeersAmongMany(t *testing.T) {
	if !local.Tells() {
		t.Skip("this system does not say whose a connection is")
	}
	address, _ := door(t)
	noise, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer noise.Close()
	go func() {
		for {
			c, err := noise.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	stop := make(chan struct{})
	var busy sync.WaitGroup
	for range 4 {
		busy.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if c, err := net.Dial("tcp4", noise.Addr().String()); err == nil {
					c.Close()
				}
			}
		})
	}
	for range 300 {
		c, err := net.Dial("tcp4", address)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(c)
		c.Close()
		if err != nil || string(answer) != "hello" {
			t.Fatalf("heard %q, %v", answer, err)
		}
	}
	close(stop)
	busy.Wait()
}

func TestForeignHostsAreRefused(t *testing.T) {
	h := local.Hosts(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for host, status := range map[string]int{
		"127.0.0.1:4500": 200, "localhost:4500": 200, "localhost": 200, "bucket.localhost:4500": 200, "[::1]:4500": 200, "172.17.0.1:4500": 200,
		"evil.example": 403, "evil.example:4500": 403, "127.0.0.1.evil.example": 403, "localhost.evil.example:4500": 403, "": 403,
	} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%q is answered %d", host, w.Code)
		}
	}
}
