package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"slipway/automation/process"
)

// child is a pulumi that a deployer of this user started, by what no two processes have in common. A lock names a
// process by host name and number alone, which containers, clones of a machine and a restart give out again.
type child struct {
	PID       int       `json:"pid"`
	Ticks     string    `json:"startTicks"`   // since the machine started: field 22 of /proc/PID/stat, proc_pid_stat(5)
	Boot      string    `json:"bootId"`       // of the running kernel: /proc/sys/kernel/random/boot_id, random(4)
	Namespace string    `json:"pidNamespace"` // in which the number counts: /proc/PID/ns/pid, namespaces(7)
	Host      string    `json:"host"`
	Started   time.Time `json:"started"`
}

// timeToLock is how long a pulumi may take from its start to its lock. A lock that is older or younger than that is
// not the one of a process of which nothing but the number is the same.
const timeToLock = 2 * time.Minute

// childrenFolder is where the records of running children are: in pulumi's own folder of the user, for the folder of a
// pipeline's commit is gone when its build has ended.
func childrenFolder() (string, error) { return workspace.GetPulumiPath("slipway", "children") }

// recordsLast is how long a record is kept: also one of a pulumi that ended by itself, for it may have lost its backend before
// it gave its lock back (pkg/backend/diy, Unlock, v3.230.0, says so and goes on).
const recordsLast = 30 * 24 * time.Hour

// note writes the record of a process that was started just now. Without a record its lock is somebody else's.
func note(pid int) {
	c, err := identify(pid)
	if err != nil {
		return
	}
	folder, err := childrenFolder()
	if err != nil || os.MkdirAll(folder, 0o700) != nil {
		return
	}
	forgetOld(folder)
	if text, err := json.Marshal(c); err == nil {
		_ = os.WriteFile(filepath.Join(folder, strconv.Itoa(pid)+"-"+c.Ticks+".json"), text, 0o600)
	}
}

// forgetOld removes the records that are older than any lock that is still of interest.
func forgetOld(folder string) {
	files, _ := os.ReadDir(folder)
	for _, file := range files {
		if info, err := file.Info(); err == nil && time.Since(info.ModTime()) > recordsLast {
			_ = os.Remove(filepath.Join(folder, file.Name()))
		}
	}
}

// children reads the records of the pulumis that had this number since the machine was started. Those of before prove nothing
// any more and are removed.
func children(pid int) []child {
	folder, err := childrenFolder()
	if err != nil {
		return nil
	}
	boot, _ := process.Boot()
	files, _ := filepath.Glob(filepath.Join(folder, strconv.Itoa(pid)+"-*.json"))
	var all []child
	for _, file := range files {
		var c child
		text, err := os.ReadFile(file)
		switch {
		case err != nil || json.Unmarshal(text, &c) != nil || boot == "":
		case c.Boot != boot:
			_ = os.Remove(file)
		default:
			all = append(all, c)
		}
	}
	return all
}

// identify reads what a process is known by again. Where there is no proc(5), no lock is ever proved to be left behind, and
// slipway unlock is what removes one.
func identify(pid int) (child, error) {
	ticks, err := process.Ticks(pid)
	if err != nil {
		return child{}, err
	}
	namespace, err := process.Namespace()
	if err != nil {
		return child{}, err
	}
	boot, err := process.Boot()
	if err != nil {
		return child{}, err
	}
	host, err := os.Hostname()
	return child{PID: pid, Ticks: ticks, Boot: boot, Namespace: namespace, Host: host, Started: time.Now()}, err
}

// holds says whether a lock is the child's: made by its number on its host, in the time after it was started.
func (c child) holds(h Holder) bool {
	return c.PID == h.PID && c.Host == h.Host && !h.Since.Before(c.Started.Truncate(time.Second)) && h.Since.Before(c.Started.Add(timeToLock))
}

// here says whether the child's number means the same process to us.
func (c child) here() bool {
	self, err := identify(os.Getpid())
	return err == nil && c.Boot == self.Boot && c.Namespace == self.Namespace && c.Host == self.Host
}

// runs says whether the child has not ended.
func (c child) runs() bool {
	now, err := identify(c.PID)
	return err == nil && now.Ticks == c.Ticks
}

// ownChild answers the child of ours that holds a lock.
func ownChild(h Holder) (child, bool) {
	for _, c := range children(h.PID) {
		if c.holds(h) && c.here() {
			return c, true
		}
	}
	return child{}, false
}
