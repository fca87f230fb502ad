package codepipeline_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/sandbox/codepipeline"
)

// killed says to a child process of this test where its store is and where to stand still.
const killed = "CODEPIPELINE_TEST_KILLED"

// standing are the places in which a killed process leaves an execution: how it gets there, and how it goes on.
var standing = map[string]struct {
	reach  func(r *rig) (id, job string)
	finish func(r *rig, job string)
}{
	"source": {
		func(r *rig) (string, string) {
			r.repos.gate = make(chan struct{})
			id := r.start()
			r.awaitIn(id, "Source")
			return id, "-"
		},
		func(r *rig, _ string) {
			r.until("is in dev", func(v codepipeline.View) bool { return v.Stages[1].Status == "InProgress" })
			r.succeed(r.take())
		},
	},
	"queued job": {
		func(r *rig) (string, string) {
			id := r.start()
			r.awaitIn(id, "dev")
			return id, "-"
		},
		func(r *rig, _ string) { r.succeed(r.take()) },
	},
	"delivered job": {
		func(r *rig) (string, string) {
			id := r.start()
			r.awaitIn(id, "dev")
			j := r.poll()[0]
			return id, *j.Id + " " + *j.Nonce
		},
		func(r *rig, job string) {
			id, nonce, _ := strings.Cut(job, " ")
			if len(r.poll()) != 0 {
				r.Error("a hidden job is delivered after a restart")
			}
			if _, err := r.client.AcknowledgeJob(r.Context(), &sdk.AcknowledgeJobInput{JobId: &id, Nonce: &nonce}); err != nil {
				r.Fatal(err)
			}
			r.succeed(types.Job{Id: &id})
		},
	},
	"acknowledged job": {
		func(r *rig) (string, string) {
			id := r.start()
			r.awaitIn(id, "dev")
			return id, *r.take().Id
		},
		func(r *rig, job string) { r.succeed(types.Job{Id: &job}) },
	},
	"continued job": {
		func(r *rig) (string, string) {
			id := r.start()
			r.awaitIn(id, "dev")
			r.goOn(r.take())
			return id, *r.take().Id
		},
		func(r *rig, job string) { r.succeed(types.Job{Id: &job}) },
	},
	"approval": {
		func(r *rig) (string, string) {
			id := r.start()
			r.awaitIn(id, "dev")
			r.succeed(r.take())
			r.awaitIn(id, "staging")
			return id, r.token("staging")
		},
		func(r *rig, token string) {
			if now := r.token("staging"); now != token {
				r.Errorf("the approval's token is %s, and was %s", now, token)
			}
		},
	},
}

// TestKill kills a process with an execution in each of these places: a new process takes it to its end.
func TestKill(t *testing.T) {
	if place := os.Getenv(killed); place != "" {
		beKilled(t, place)
		return
	}
	for place, s := range standing {
		t.Run(place, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			id, job := killAt(t, path, place)
			r := rigAt(t, path)
			commit := r.repos.push("while nobody was there")
			r.open(t.Context())
			s.finish(r, job)
			r.awaitIn(id, "staging")
			if err := r.approve("staging", types.ApprovalStatusApproved); err != nil {
				t.Fatal(err)
			}
			r.succeed(r.take())
			e := r.await(id, codepipeline.Succeeded)
			if repeated := e.Revisions[0].ID == commit.ID; repeated != (place == "source") {
				t.Errorf("the revision is %+v", e.Revisions)
			}
		})
	}
}

// beKilled is the child: it brings an execution to its place, says so, and waits for its end.
func beKilled(t *testing.T, place string) {
	r := rigAt(t, os.Getenv("CODEPIPELINE_TEST_STORE"))
	r.open(t.Context())
	r.up("QUEUED")
	id, job := standing[place].reach(r)
	fmt.Printf("at %s %s\n", id, job)
	select {}
}

// killAt runs the child and kills it when it has said that it is there.
func killAt(t *testing.T, path, place string) (id, job string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKill$", "-test.timeout=60s")
	child.Env = append(os.Environ(), killed+"="+place, "CODEPIPELINE_TEST_STORE="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "at "); ok {
			id, job, _ = strings.Cut(rest, " ")
			break
		}
		t.Log(lines.Text())
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed
	if id == "" {
		t.Fatal("the child did not get there")
	}
	return id, job
}

// TestApprovalExpires lets an approval's time pass while nobody runs, and while somebody does.
func TestApprovalExpires(t *testing.T) {
	for name, down := range map[string]bool{"down": true, "running": false} {
		t.Run(name, func(t *testing.T) {
			r, id := inDev(t)
			r.succeed(r.take())
			r.awaitIn(id, "staging")
			token := r.token("staging")
			if err := r.clock.BlockUntilContext(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if down {
				r.halt()
			}
			r.clock.Advance(7 * 24 * time.Hour)
			if down {
				r.open(t.Context())
			}
			e := r.await(id, codepipeline.Failed)
			if a := e.Stages[2].Actions[0]; a.ErrorMessage != "Nobody approved or rejected it within 168h0m0s." || a.Token != "" {
				t.Errorf("the approval is %+v", a)
			}
			err := r.service.Approve(t.Context(), token, true, "", "somebody")
			coded(t, err, "InvalidApprovalTokenException")
		})
	}
}

func TestApprovalErrors(t *testing.T) {
	r, id := inDev(t)
	r.succeed(r.take())
	r.awaitIn(id, "staging")
	token, unknown := r.token("staging"), "00000000-0000-0000-0000-000000000000"
	for name, c := range map[string]struct{ pipeline, stage, action, token, status, summary, code string }{
		"pipeline": {"other", "staging", "Approve", token, "Approved", "", "PipelineNotFoundException"},
		"stage":    {"app", "other", "Approve", token, "Approved", "", "StageNotFoundException"},
		"action":   {"app", "staging", "Other", token, "Approved", "", "ActionNotFoundException"},
		"token":    {"app", "staging", "Approve", unknown, "Approved", "", "InvalidApprovalTokenException"},
		"form":     {"app", "staging", "Approve", "1", "Approved", "", "ValidationException"},
		"status":   {"app", "staging", "Approve", token, "Perhaps", "", "ValidationException"},
		"summary":  {"app", "staging", "Approve", token, "Approved", strings.Repeat("x", 513), "ValidationException"},
	} {
		t.Run(name, func(t *testing.T) {
			coded(t, r.put(c.pipeline, c.stage, c.action, c.token, c.status, c.summary), c.code)
		})
	}
	coded(t, r.put("app", "staging", "Approve", token, "Approved", ""), "")
	coded(t, r.put("app", "staging", "Approve", token, "Rejected", ""), "ApprovalAlreadyCompletedException")
	coded(t, r.service.Approve(t.Context(), "", true, "", "somebody"), "InvalidApprovalTokenException")
}

func (r *rig) put(pipeline, stage, action, token, status, summary string) error {
	_, err := r.client.PutApprovalResult(r.Context(), &sdk.PutApprovalResultInput{
		PipelineName: &pipeline, StageName: &stage, ActionName: &action, Token: aws.String(token),
		Result: &types.ApprovalResult{Status: types.ApprovalStatus(status), Summary: &summary},
	})
	return err
}
