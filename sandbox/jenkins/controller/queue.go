package controller

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"time"
)

// leftFor is how long Jenkins still answers for an item that has left the queue.
const leftFor = 5 * time.Minute

// item is a build that waits in the queue, or did.
type item struct {
	ID         int       `json:"id"`
	Job        string    `json:"job"`
	Parameters []Value   `json:"parameters"`
	User       string    `json:"user"`
	Since      time.Time `json:"since"`
	Why        string    `json:"-"` // what it waits for
	Blocked    bool      `json:"-"` // by another build of its job; otherwise it waits for an executor
	Cancelled  bool      `json:"cancelled"`
	Number     int       `json:"number"` // of the build that it became
	Left       time.Time `json:"left"`   // when it left; zero while it waits
}

// queue is what waits, oldest first, and what left a short time ago.
type queue struct {
	Last  int     `json:"last"` // the last id that was given
	Items []*item `json:"items"`
}

func (c *Controller) queueFile() string { return filepath.Join(c.config.Home, "queue.json") }

func (c *Controller) saveQueue() error { return writeJSON(c.queueFile(), c.queue) }

// restoreQueue reads the queue. An item whose build began before it was noted as left has become that build.
func (c *Controller) restoreQueue() error {
	if err := readJSON(c.queueFile(), &c.queue); err != nil {
		return err
	}
	became := map[int]*Build{}
	for _, p := range c.jobs {
		for _, b := range p.builds {
			became[b.QueueID] = b
			c.queue.Last = max(c.queue.Last, b.QueueID)
		}
	}
	for _, i := range c.queue.Items {
		if b := became[i.ID]; b != nil && i.waiting() {
			i.Number, i.Left = b.Number, c.config.Clock.Now()
		}
		if c.jobs[i.Job] == nil && i.waiting() {
			i.Cancelled, i.Left = true, c.config.Clock.Now()
		}
	}
	return c.saveQueue()
}

func (i *item) waiting() bool { return i.Left.IsZero() }

// enqueue puts a build in the queue. One with the same parameters that waits already takes its place, as in Jenkins.
func (c *Controller) enqueue(job string, values []Value, user string) (*item, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.jobs[job].Disabled {
		return nil, &problem{http.StatusConflict, fmt.Sprintf("%s is not buildable", job)}
	}
	for _, i := range c.queue.Items {
		if i.waiting() && i.Job == job && slices.Equal(i.Parameters, values) {
			return i, nil
		}
	}
	now := c.config.Clock.Now()
	c.queue.Items = slices.DeleteFunc(c.queue.Items, func(i *item) bool { return !i.waiting() && now.Sub(i.Left) > leftFor })
	c.queue.Last++
	i := &item{ID: c.queue.Last, Job: job, Parameters: values, User: user, Since: now, Why: "Waiting for next available executor"}
	c.queue.Items = append(c.queue.Items, i)
	if err := c.saveQueue(); err != nil {
		return nil, err
	}
	c.nudge()
	return i, nil
}

// cancel takes an item out of the queue, and says whether it waited there.
func (c *Controller) cancel(id int) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range c.queue.Items {
		if i.ID == id && i.waiting() {
			i.Cancelled, i.Left = true, c.config.Clock.Now()
			return true, c.saveQueue()
		}
	}
	return false, nil
}

// schedule makes builds of the items that can begin.
func (c *Controller) schedule() []*run {
	c.mu.Lock()
	defer c.mu.Unlock()
	var starts []*run
	for _, i := range c.queue.Items {
		if !i.waiting() || c.blocked(i) {
			continue
		}
		r, err := c.begin(i)
		if err != nil {
			i.Why = "Starting the build: " + err.Error()
			c.config.Log.Error("starting a build", "job", i.Job, "error", err)
			continue
		}
		starts = append(starts, r)
	}
	if len(starts) > 0 {
		if err := c.saveQueue(); err != nil {
			c.config.Log.Error("writing the queue", "error", err)
		}
	}
	return starts
}

// blocked says whether an item has to wait, and notes what for.
func (c *Controller) blocked(i *item) bool {
	i.Blocked = false
	for b := range c.runs {
		if b.Job == i.Job && !c.jobs[i.Job].Concurrent {
			i.Blocked, i.Why = true, fmt.Sprintf("Build #%d is already in progress (ETA: N/A)", b.Number)
			return true
		}
	}
	if len(c.runs) >= c.config.Settings.Executors {
		i.Why = "Waiting for next available executor"
		return true
	}
	return false
}
