package controller

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// mostBuilds is how many builds Jenkins lists of a job.
const mostBuilds = 100

func (c *Controller) describe(w http.ResponseWriter, r *http.Request) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	jobs := []object{}
	for _, name := range c.Jobs() {
		jobs = append(jobs, c.task(c.root(r), c.jobs[name]))
	}
	answer(w, r, object{
		"_class": "hudson.model.Hudson", "mode": "NORMAL", "nodeDescription": "the Jenkins controller's built-in node", "nodeName": "",
		"numExecutors": c.config.Settings.Executors, "description": nil, "jobs": jobs, "quietingDown": false, "slaveAgentPort": -1,
		"url": c.root(r), "useCrumbs": true, "useSecurity": true,
	})
	return nil
}

// task is a job as queue items and lists show it.
func (c *Controller) task(root string, p *project) object {
	return object{"_class": "hudson.model.FreeStyleProject", "name": p.Name, "url": jobURL(root, p.Name), "color": p.color()}
}

// color is Jenkins' word for how a job stands.
func (p *project) color() string {
	color, moving := "notbuilt", ""
	if b := p.last(permalinks["lastCompletedBuild"]); b != nil {
		color = map[Result]string{Success: "blue", Unstable: "yellow", Failure: "red", Aborted: "aborted"}[b.Result]
	}
	if p.Disabled {
		color = "disabled"
	}
	if b := p.last(permalinks["lastBuild"]); b != nil && b.running() {
		moving = "_anime"
	}
	return color + moving
}

func (c *Controller) describeQueue(w http.ResponseWriter, r *http.Request) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	items := []object{}
	for _, i := range c.queue.Items {
		if i.waiting() {
			items = append(items, c.item(r, i))
		}
	}
	answer(w, r, object{"_class": "hudson.model.Queue", "discoverableItems": []any{}, "items": items})
	return nil
}

func (c *Controller) describeItem(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		return errNotFound
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range c.queue.Items {
		if i.ID == id && (i.waiting() || c.config.Clock.Since(i.Left) <= leftFor) {
			answer(w, r, c.item(r, i))
			return nil
		}
	}
	return errNotFound
}

func (c *Controller) item(r *http.Request, i *item) object {
	var params strings.Builder
	for _, v := range i.Parameters {
		fmt.Fprintf(&params, "\n%s=%s", v.Name, v.Value)
	}
	o := object{
		"_class": "hudson.model.Queue$BuildableItem", "actions": actions(i.Parameters, i.User), "blocked": i.Blocked,
		"buildable": !i.Blocked, "id": i.ID, "inQueueSince": i.Since.UnixMilli(), "params": params.String(), "stuck": false,
		"url": fmt.Sprintf("queue/item/%d/", i.ID), "why": i.Why,
	}
	if p := c.jobs[i.Job]; p != nil {
		o["task"] = c.task(c.root(r), p)
	}
	switch {
	case !i.waiting():
		o["_class"], o["blocked"], o["buildable"], o["why"] = "hudson.model.Queue$LeftItem", false, false, nil
		o["cancelled"], o["executable"] = i.Cancelled, nil
		if i.Number != 0 {
			o["executable"] = object{
				"_class": "hudson.model.FreeStyleBuild", "number": i.Number, "url": fmt.Sprintf("%s%d/", jobURL(c.root(r), i.Job), i.Number),
			}
		}
	case i.Blocked:
		o["_class"] = "hudson.model.Queue$BlockedItem"
	default:
		o["buildableStartMilliseconds"], o["pending"] = i.Since.UnixMilli(), false
	}
	return o
}

// actions are the parameters and the cause, as items and builds show them.
func actions(values []Value, user string) []object {
	parameters := []object{}
	for _, v := range values {
		parameter := object{"_class": v.Kind, "name": v.Name, "value": any(v.Value)}
		if v.Kind == "hudson.model.BooleanParameterValue" {
			parameter["value"] = v.Value == "true"
		}
		parameters = append(parameters, parameter)
	}
	cause := object{
		"_class": "hudson.model.CauseAction", "causes": []object{{
			"_class": "hudson.model.Cause$UserIdCause", "shortDescription": "Started by user " + user, "userId": user, "userName": user,
		}},
	}
	if len(parameters) == 0 {
		return []object{cause}
	}
	return []object{{"_class": "hudson.model.ParametersAction", "parameters": parameters}, cause}
}

func (c *Controller) describeJob(w http.ResponseWriter, r *http.Request) error {
	p, err := c.project(r)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	root := c.root(r)
	o := c.task(root, p)
	o["builds"], o["property"] = c.builds(root, p), properties(p)
	for name, is := range permalinks {
		o[name] = nil
		if b := p.last(is); b != nil {
			o[name] = object{"_class": "hudson.model.FreeStyleBuild", "number": b.Number, "url": buildURL(root, b)}
		}
	}
	o["queueItem"], o["inQueue"] = nil, false
	for _, i := range c.queue.Items {
		if i.waiting() && i.Job == p.Name {
			o["queueItem"], o["inQueue"] = c.item(r, i), true
		}
	}
	for name, value := range (object{
		"actions": []any{}, "buildable": !p.Disabled, "concurrentBuild": p.Concurrent, "description": p.Description, "disabled": p.Disabled,
		"displayName": p.Name, "displayNameOrNull": nil, "downstreamProjects": []any{}, "fullDisplayName": p.Name, "fullName": p.Name,
		"healthReport": []any{}, "keepDependencies": false, "nextBuildNumber": p.next, "scm": object{"_class": "hudson.scm.NullSCM"},
		"upstreamProjects": []any{},
	}) {
		o[name] = value
	}
	answer(w, r, o)
	return nil
}

// builds are the newest builds in full, which is more than Jenkins shows without a tree parameter.
func (c *Controller) builds(root string, p *project) []object {
	all := []object{}
	for i := len(p.builds) - 1; i >= 0 && len(all) < mostBuilds; i-- {
		all = append(all, c.buildObject(root, p.builds[i]))
	}
	return all
}

func properties(p *project) []object {
	if len(p.Parameters) == 0 {
		return []object{}
	}
	definitions := []object{}
	for _, d := range p.Parameters {
		kind := d.Kind[strings.LastIndexByte(d.Kind, '.')+1:]
		definitions = append(definitions, object{
			"_class": d.Kind, "name": d.Name, "description": d.Description, "type": kind,
			"defaultParameterValue": object{"_class": strings.Replace(d.Kind, "ParameterDefinition", "ParameterValue", 1), "name": d.Name, "value": d.Default},
		})
	}
	return []object{{"_class": "hudson.model.ParametersDefinitionProperty", "parameterDefinitions": definitions}}
}

func (c *Controller) describeBuild(w http.ResponseWriter, r *http.Request) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, b, err := c.build(r)
	if err != nil {
		return err
	}
	answer(w, r, c.buildObject(c.root(r), b))
	return nil
}

func (c *Controller) buildObject(root string, b *Build) object {
	artifacts := []object{}
	for _, path := range b.Artifacts {
		name := path[strings.LastIndexByte(path, '/')+1:]
		artifacts = append(artifacts, object{"displayPath": name, "fileName": name, "relativePath": path})
	}
	o := object{
		"_class": "hudson.model.FreeStyleBuild", "actions": actions(b.Parameters, b.User), "artifacts": artifacts, "building": b.running(),
		"builtOn": "", "changeSet": object{"_class": "hudson.scm.EmptyChangeLogSet", "items": []any{}, "kind": nil}, "culprits": []any{},
		"description": nil, "displayName": fmt.Sprintf("#%d", b.Number), "duration": b.Took.Milliseconds(), "estimatedDuration": -1,
		"executor": nil, "fullDisplayName": fmt.Sprintf("%s #%d", b.Job, b.Number), "id": strconv.Itoa(b.Number), "inProgress": b.running(),
		"keepLog": false, "number": b.Number, "queueId": b.QueueID, "result": b.Result, "timestamp": b.Started.UnixMilli(), "url": buildURL(root, b),
	}
	if b.running() {
		o["result"], o["executor"] = nil, object{"number": b.Executor}
	}
	return o
}
