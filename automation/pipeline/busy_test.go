package pipeline

import (
	"strings"
	"testing"
	"time"
)

// busyFor is the state of a pipeline whose Deploy runs while an approval waits further on.
func busyFor(polls int) func(n int) object {
	return func(n int) object {
		status := "InProgress"
		if n > polls {
			status = "Succeeded"
		}
		return object{"stageStates": []object{
			{"stageName": "Source", "actionStates": []object{{"actionName": "Source"}}},
			{"stageName": "dev", "latestExecution": object{"pipelineExecutionId": "e1", "status": "InProgress"}, "actionStates": []object{
				{"actionName": "Deploy", "latestExecution": object{"status": status, "lastStatusChange": 1763899200}}}},
			{"stageName": "staging", "latestExecution": object{"pipelineExecutionId": "e0", "status": "InProgress"}, "actionStates": []object{
				{"actionName": "Approve", "latestExecution": object{"status": "InProgress", "token": "t", "lastStatusChange": 1763899200}}}},
		}}
	}
}

func TestBusy(t *testing.T) {
	e := &endpoint{looks: []look{{}}, state: busyFor(1)}
	c, _ := watch(t, e)
	busy, err := c.Busy(within(t), "p")
	if err != nil || len(busy) != 1 || busy[0].Execution != "e1" || busy[0].Stage != "dev" || busy[0].Action != "Deploy" || busy[0].Since.Unix() != 1763899200 {
		t.Errorf("busy: %+v, %v", busy, err)
	}
	if busy, err = c.Busy(within(t), "p"); err != nil || len(busy) != 0 {
		t.Errorf("an approval that waits is busy: %+v, %v", busy, err)
	}
	e.fail = func(string, int) (int, string) { return 400, "PipelineNotFoundException" }
	if busy, err = c.Busy(within(t), "p"); err != nil || len(busy) != 0 {
		t.Errorf("no pipeline: %+v, %v", busy, err)
	}
	e.fail = func(string, int) (int, string) { return 400, "AccessDeniedException" }
	if _, err = c.Busy(within(t), "p"); err == nil {
		t.Error("what may not be read is taken for idle")
	}
}

func TestWaitIdle(t *testing.T) {
	c, heard := watch(t, &endpoint{looks: []look{{}}, state: busyFor(3)})
	busy, err := c.WaitIdle(within(t), "p", time.Hour)
	if err != nil || len(busy) != 0 || len(heard.lines) != 1 || !strings.HasPrefix(heard.lines[0], "note waiting for action Deploy of stage dev, execution e1, since ") {
		t.Errorf("%+v, %v, said %q", busy, err, heard.lines)
	}
	c, _ = watch(t, &endpoint{looks: []look{{}}, state: busyFor(1000)})
	if busy, err = c.WaitIdle(within(t), "p", time.Minute); err != nil || len(busy) != 1 {
		t.Errorf("after its patience: %+v, %v", busy, err)
	}
}
