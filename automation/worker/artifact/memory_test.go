package artifact

import (
	"archive/zip"
	"os"
	"regexp"
	"runtime/metrics"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkArtifact1GB brings an artifact of 1 GB from an S3 to an unpacked folder and reports the largest heap and the
// largest resident set of the process, of which the S3 is a part. It needs 3 GB of disk.
func BenchmarkArtifact1GB(b *testing.B) {
	file := large(b, 1024, zip.Deflate)
	for b.Loop() {
		peak := watchHeap()
		bring(b, file)
		b.ReportMetric(float64(peak())/(1<<20), "MB-heap")
	}
	b.SetBytes(1 << 30)
	b.ReportMetric(resident(b), "MB-resident")
}

// watchHeap samples the heap until the function that it returns is called, which answers the largest one.
func watchHeap() func() uint64 {
	var most atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(sample)
			most.Store(max(most.Load(), sample[0].Value.Uint64()))
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		return most.Load()
	}
}

var peakForm = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// resident is the largest resident set that the process has had, in megabytes.
func resident(b *testing.B) float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	found := peakForm.FindSubmatch(text)
	if found == nil {
		b.Fatal("the kernel does not say")
	}
	kilobytes, _ := strconv.ParseFloat(string(found[1]), 64)
	return kilobytes / 1024
}
