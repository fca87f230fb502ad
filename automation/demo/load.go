package demo

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// requestTimeout is what a visitor would wait; a request that takes longer counts as failed.
const requestTimeout = 10 * time.Second

// Load sends requests to a URL at a steady rate until it is stopped.
type Load struct {
	Healthy  func(status int) bool // which statuses are right; nil: 200 alone
	begun    time.Time
	attacker *vegeta.Attacker
	metrics  vegeta.Metrics
	colours  map[string]int
	first    map[string]time.Time
	done     sync.WaitGroup
}

// Report is what came back to a Load.
type Report struct {
	Requests int            `json:"requests"`
	Failed   int            `json:"failed"`           // no answer, or a status that is not right
	Errors   []string       `json:"errors,omitempty"` // each kind once
	Colours  map[string]int `json:"colours"`          // answers by the colour that they carried
	Rate     float64        `json:"rate"`             // requests a second
	P50      time.Duration  `json:"p50"`
	P99      time.Duration  `json:"p99"`

	begun time.Time
	first map[string]time.Time // when each colour was answered first
}

// seen is how long after the beginning of the load a colour was answered first, in seconds; 0 when it never was.
func (r Report) seen(colour string) float64 {
	at, ok := r.first[colour]
	if !ok {
		return 0
	}
	return at.Sub(r.begun).Seconds()
}

// StartLoad begins to send rate GET requests a second to url. What the answers say of a colour is counted.
func StartLoad(url string, rate int) *Load {
	l := &Load{
		attacker: vegeta.NewAttacker(vegeta.Timeout(requestTimeout), vegeta.MaxBody(64<<10)),
		begun:    time.Now(), colours: map[string]int{}, first: map[string]time.Time{},
	}
	target := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: url})
	results := l.attacker.Attack(target, vegeta.Rate{Freq: rate, Per: time.Second}, 0, "rollout")
	l.done.Go(func() {
		for r := range results {
			l.metrics.Add(r)
			l.count(colourOf(r.Body), r.End())
		}
	})
	return l
}

func (l *Load) count(colour string, at time.Time) {
	l.colours[colour]++
	if known, ok := l.first[colour]; !ok || at.Before(known) {
		l.first[colour] = at
	}
}

// Stop ends the load, waits for the requests in flight, and reports.
func (l *Load) Stop() Report {
	l.attacker.Stop()
	l.done.Wait()
	l.metrics.Close()
	delete(l.colours, "")
	return Report{
		Requests: int(l.metrics.Requests),
		Failed:   int(l.metrics.Requests) - l.right(),
		Errors:   l.metrics.Errors,
		Colours:  l.colours,
		Rate:     l.metrics.Rate,
		P50:      l.metrics.Latencies.P50,
		P99:      l.metrics.Latencies.P99,
		begun:    l.begun,
		first:    l.first,
	}
}

// right counts the answers with a right status.
func (l *Load) right() (n int) {
	for text, count := range l.metrics.StatusCodes {
		status, err := strconv.Atoi(text)
		if err == nil && (l.Healthy == nil && status == http.StatusOK || l.Healthy != nil && l.Healthy(status)) {
			n += count
		}
	}
	return n
}

func colourOf(body []byte) string {
	var version struct {
		Colour string `json:"colour"`
	}
	if json.Unmarshal(body, &version) != nil {
		return ""
	}
	return version.Colour
}
