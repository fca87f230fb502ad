package ecs

import (
	"strings"
	"testing"
)

func TestRestartAdoptsContainers(t *testing.T) {
	r := newRig(t)
	def := r.define("VERSION=one PRINT=50")
	r.create(def, 2, nil)
	r.steady(def, 2)
	before := r.stateOf("RUNNING")
	get(t, before[0], "/print?first")
	r.eventually("the first line", func() bool { return len(r.logs.of(before[0])) == 51 })

	r.stop()
	get(t, before[0], "/print?second") // while nobody listens
	get(t, before[1], "/crash")
	r.run()

	r.eventually("one adopted and one new task", func() bool {
		now := r.stateOf("RUNNING")
		return len(now) == 2 && now[0].TaskARN == before[0].TaskARN && now[1].TaskARN != before[1].TaskARN && now[1].LastStatus == "RUNNING"
	})
	r.steady(def, 2)
	r.eventually("the second line", func() bool { return len(r.logs.of(before[0])) == 52 })
	get(t, before[0], "/print?third")
	r.eventually("the third line", func() bool { return len(r.logs.of(before[0])) == 53 })
	if got := strings.Join(r.logs.of(before[0])[50:], " "); got != "first second third" {
		t.Errorf("lines %s", got)
	}
	if got := get(t, before[0], "/metadata?/task"); !strings.Contains(got, before[0].TaskARN) || !strings.Contains(got, testImage) {
		t.Errorf("metadata after a restart: %s", got)
	}
}

func TestRestartInMidRollout(t *testing.T) {
	r := newRig(t)
	one := r.define("VERSION=one")
	r.create(one, 2, nil)
	r.steady(one, 2)
	two := r.define("VERSION=two")
	r.updateTo(two, 2, nil)
	r.stop()
	r.run()
	r.steady(two, 2)
	found, err := r.Engine.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 {
		t.Errorf("%d containers; want those of 2 tasks", len(found))
	}
}

func TestRestartRemovesStrays(t *testing.T) {
	r := newRig(t)
	def := r.define("VERSION=one")
	r.create(def, 1, nil)
	r.steady(def, 1)
	r.stop()
	task := r.tasks[lastPart(r.stateOf("RUNNING")[0].TaskARN)]
	stray := *task
	stray.TaskARN += "0"
	config, host, err := r.containerConfig(&stray, r.definitions["web:1"], r.definitions["web:1"].ContainerDefinitions[0])
	if err != nil {
		t.Fatal(err)
	}
	id, err := r.Engine.Create(t.Context(), "stray-"+r.ID, config, host)
	if err != nil {
		t.Fatal(err)
	}
	r.run()
	if _, found, err := r.Engine.Status(t.Context(), id); found || err != nil {
		t.Errorf("the stray container is there: %t, %v", found, err)
	}
	r.steady(def, 1)
	r.stop()
	if err := r.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := r.Engine.List(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("containers after Purge: %v, %v", left, err)
	}
}
