package store_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"slipway/sandbox/store"
)

type task struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

func open(t *testing.T, path string) (*store.Store, *store.Table[task]) {
	t.Helper()
	s, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	tasks, err := store.NewTable[task](s, "tasks")
	if err != nil {
		t.Fatal(err)
	}
	return s, tasks
}

func TestTable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s, tasks := open(t, path)
	if _, found, err := tasks.Get("a"); found || err != nil {
		t.Errorf("an empty table holds a: %v", err)
	}
	for _, v := range []task{{"b", 1}, {"a", 1}, {"c", 1}, {"a", 2}} {
		if err := tasks.Put(v.Name, v); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := tasks.Delete("b"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, tasks = open(t, path)
	v, found, err := tasks.Get("a")
	if !found || err != nil || v != (task{"a", 2}) {
		t.Errorf("a is %v, %v, %v", v, found, err)
	}
	if all, err := tasks.All(); err != nil || !slices.Equal(all, []task{{"a", 2}, {"c", 1}}) {
		t.Errorf("all are %v, %v", all, err)
	}
}

func TestTablesAreApart(t *testing.T) {
	s, tasks := open(t, filepath.Join(t.TempDir(), "state.db"))
	names, err := store.NewTable[string](s, "names")
	if err != nil {
		t.Fatal(err)
	}
	if err := names.Put("a", "x"); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := tasks.Get("a"); found {
		t.Error("a value is in two tables")
	}
	if err := names.Put("", "x"); err == nil {
		t.Error("a value has no key")
	}
	same, err := store.NewTable[int](s, "names")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := same.Get("a"); err == nil {
		t.Error("a text is read as a number")
	}
	if _, err := same.All(); err == nil {
		t.Error("texts are read as numbers")
	}
}

func TestConcurrent(t *testing.T) {
	_, tasks := open(t, filepath.Join(t.TempDir(), "state.db"))
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			if err := tasks.Put(fmt.Sprint(i), task{Count: i}); err != nil {
				t.Error(err)
			}
			if _, err := tasks.All(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if all, err := tasks.All(); len(all) != 20 || err != nil {
		t.Errorf("%d values, %v", len(all), err)
	}
}

func TestOpenErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	open(t, path)
	if _, err := store.Open(path); err == nil || !strings.Contains(err.Error(), path+": another process has it open") {
		t.Errorf("a second opening gives %v", err)
	}
	if _, err := store.Open(filepath.Join(path, "below")); err == nil {
		t.Error("a file is taken for a folder")
	}
	garbled := filepath.Join(t.TempDir(), "state.db")
	if err := os.WriteFile(garbled, []byte(strings.Repeat("not a database", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(garbled); err == nil || !strings.Contains(err.Error(), garbled) {
		t.Errorf("a garbled file gives %v", err)
	}
}

// TestKill kills a process in the middle of its writing: what it said it had written must be there.
func TestKill(t *testing.T) {
	if path := os.Getenv("STORE_TEST_WRITES"); path != "" {
		write(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "state.db")
	writer := exec.Command(os.Args[0], "-test.run=^TestKill$")
	writer.Env = append(os.Environ(), "STORE_TEST_WRITES="+path)
	out, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	written := -1
	for written < 20 {
		if _, err := fmt.Fscanf(out, "%d\n", &written); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Wait()
	_, tasks := open(t, path)
	for i := range written + 1 {
		if v, found, err := tasks.Get(fmt.Sprint(i)); !found || v.Count != i || err != nil {
			t.Errorf("value %d is %v, %v, %v", i, v, found, err)
		}
	}
}

// write writes values and says of each when it is written, until it is killed.
func write(t *testing.T, path string) {
	_, tasks := open(t, path)
	for i := 0; ; i++ {
		if err := tasks.Put(fmt.Sprint(i), task{Count: i}); err != nil {
			t.Fatal(err)
		}
		fmt.Println(i)
	}
}
