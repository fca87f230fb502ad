package codepipeline_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/codepipeline"

	"slipway/sandbox/codepipeline"
	"slipway/sandbox/resource"
)

func (r *rig) update(token, id string, in map[string]any) error {
	r.Helper()
	p, err := resource.Encode(in)
	if err != nil {
		r.Fatal(err)
	}
	_, err = r.service.Behaviours()[token].Update(r.Context(), id, p)
	return err
}

// TestUpdate changes nothing, then tags, then a stage: only the last one makes a version and ends what runs.
func TestUpdate(t *testing.T) {
	r, id := inDev(t)
	queued := r.start()
	r.until("waits", func(codepipeline.View) bool { return r.where(queued) == "dev waiting" })
	r.restart()
	d := definition("QUEUED")
	for _, tags := range []m{{"team": "web"}, {"team": "apps"}} {
		d["tags"] = tags
		coded(t, r.update(pipelineType, "app", d), "")
		if v, _ := r.service.Pipeline("app"); v.Version != 1 || r.where(id) != "dev InProgress" {
			t.Errorf("version %d, and the execution is %s", v.Version, r.where(id))
		}
	}
	tags, err := r.client.ListTagsForResource(t.Context(), &sdk.ListTagsForResourceInput{ResourceArn: aws.String("arn:aws:codepipeline:us-east-1:000000000000:app")})
	if err != nil || *tags.Tags[0].Value != "apps" {
		t.Errorf("tags are %v, %v", tags, err)
	}
	j := r.take()
	action(d, 1, 0)["configuration"].(m)["Operation"] = "build"
	coded(t, r.update(pipelineType, "app", d), "")
	if e, _ := r.service.Execution("app", queued); e.Status != codepipeline.Cancelled || e.Version != 1 {
		t.Errorf("the one that waited is %s", e.Status)
	}
	if where := r.where(id); where != "dev InProgress" {
		t.Errorf("an action in progress is not waited for: %s", where)
	}
	_, err = r.client.PutJobSuccessResult(t.Context(), &sdk.PutJobSuccessResultInput{JobId: j.Id})
	coded(t, err, "")
	v, _ := r.service.Pipeline("app")
	if e, _ := r.service.Execution("app", id); e.Status != codepipeline.Failed || e.Version != 1 {
		t.Errorf("the execution is %s", e.Status)
	}
	if v.Version != 2 || v.Stages[1].Status != codepipeline.Failed || v.Stages[1].Actions[0].Status != codepipeline.Succeeded || v.Stages[1].Retryable {
		t.Errorf("the pipeline is %+v", v)
	}
	old, err := r.client.GetPipeline(t.Context(), &sdk.GetPipelineInput{Name: aws.String("app"), Version: aws.Int32(1)})
	if err != nil || old.Pipeline.Stages[1].Actions[0].Configuration["Operation"] != "deploy" {
		t.Errorf("version 1 is %v, %v", old, err)
	}
	next := r.start()
	r.awaitIn(next, "dev")
	stage(d, 1)["actions"] = l{}
	coded(t, r.update(pipelineType, "app", d), "InvalidStageDeclarationException")
	if where := r.where(next); where != "dev InProgress" {
		t.Errorf("a refused update made the execution %s", where)
	}
	coded(t, r.update(pipelineType, "none", definition("QUEUED")), "PipelineNotFoundException")
}

// TestDelete deletes a pipeline with a job in progress and a source action that never ends.
func TestDelete(t *testing.T) {
	r, _ := inDev(t)
	j := r.take()
	r.repos.gate = make(chan struct{})
	r.awaitIn(r.start(), "Source")
	pipelines := r.service.Behaviours()[pipelineType]
	for range 2 {
		if err := pipelines.Delete(t.Context(), "app"); err != nil {
			t.Fatal(err)
		}
	}
	close(r.repos.gate)
	_, err := r.client.PutJobSuccessResult(t.Context(), &sdk.PutJobSuccessResultInput{JobId: j.Id})
	coded(t, err, "JobNotFoundException")
	if _, found, err := pipelines.(resource.Reader).Read(t.Context(), "app"); found || err != nil {
		t.Errorf("it is read after its deletion: %v", err)
	}
	r.restart()
	if all := r.service.Pipelines(); len(all) != 0 {
		t.Errorf("there are %+v", all)
	}
	if _, err := r.create(pipelineType, definition("QUEUED")); err != nil {
		t.Fatal(err)
	}
	v, _ := r.service.Pipeline("app")
	if len(v.Executions) != 1 || v.Version != 1 {
		t.Errorf("a new one begins with %s", describe(v))
	}
	_, err = r.create(pipelineType, definition("QUEUED"))
	coded(t, err, "PipelineNameInUseException")
}

// TestActionType writes an identity once: it comes back after its deletion only as it was.
func TestActionType(t *testing.T) {
	r := newRig(t)
	id, err := r.create(actionType, customType())
	if err != nil || id != "Build/Jenkins/1" {
		t.Fatalf("made %s, %v", id, err)
	}
	types := r.service.Behaviours()[actionType]
	in := customType()
	_, err = r.create(actionType, in)
	coded(t, err, "ActionTypeAlreadyExistsException")
	in["tags"] = m{"team": "web"}
	coded(t, r.update(actionType, id, in), "")
	for range 2 {
		if err := types.Delete(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	r.restart()
	types = r.service.Behaviours()[actionType]
	if _, found, err := types.(resource.Reader).Read(t.Context(), id); found || err != nil {
		t.Errorf("it is read after its deletion: %v", err)
	}
	_, err = r.create(pipelineType, definition("QUEUED"))
	coded(t, err, "InvalidActionDeclarationException")
	if err == nil || !strings.Contains(err.Error(), "ActionType (Category: 'Build', Provider: 'Jenkins', Owner: 'Custom', Version: '1') in action 'Deploy' is not available") {
		t.Errorf("the error is %v", err)
	}
	changed := customType()
	changed["inputArtifactDetails"] = m{"minimumCount": 0, "maximumCount": 1}
	_, err = r.create(actionType, changed)
	coded(t, err, "ActionTypeAlreadyExistsException")
	if _, err = r.create(actionType, customType()); err != nil {
		t.Error(err)
	}
	changed["version"] = "2"
	if _, err = r.create(actionType, changed); err != nil {
		t.Error(err)
	}
	coded(t, r.update(actionType, "Build/Jenkins/3", changed), "ActionTypeNotFoundException")
}

// TestInputs refuses what exists on AWS and not here.
func TestInputs(t *testing.T) {
	for name, change := range map[string]func(m){
		"no store": func(d m) { d["artifactStores"] = l{} },
		"two stores": func(d m) {
			d["artifactStores"] = l{m{"type": "S3", "location": "abc"}, m{"type": "S3", "location": "def"}}
		},
		"store's region": func(d m) { d["artifactStores"].(l)[0].(m)["region"] = "eu-west-1" },
		"triggers":       func(d m) { d["triggers"] = l{m{"providerType": "CodeStarSourceConnection"}} },
		"condition":      func(d m) { stage(d, 1)["onFailure"] = m{"result": "ROLLBACK"} },
		"parallel":       func(d m) { d["executionMode"] = "PARALLEL" },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if _, err := r.create(actionType, customType()); err != nil {
				t.Fatal(err)
			}
			d := definition("QUEUED")
			change(d)
			_, err := r.create(pipelineType, d)
			coded(t, err, "ValidationException")
			if all := r.service.Pipelines(); len(all) != 0 {
				t.Errorf("a refused pipeline exists: %+v", all)
			}
		})
	}
}

// TestVariables starts a pipeline that needs a value: not when it is made, and only with one.
func TestVariables(t *testing.T) {
	r := newRig(t)
	r.repos.push("first")
	d := definition("QUEUED")
	d["variables"] = l{m{"name": "Where"}, m{"name": "How", "defaultValue": "fast"}}
	action(d, 1, 0)["configuration"].(m)["Environment"] = "#{variables.Where}-#{variables.How}"
	action(d, 1, 0)["configuration"].(m)["From"] = "#{codepipeline.PipelineExecutionId}"
	if _, err := r.create(actionType, customType()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.create(pipelineType, d); err != nil {
		t.Fatal(err)
	}
	start := func(values ...[2]string) (string, error) {
		in := &sdk.StartPipelineExecutionInput{Name: aws.String("app")}
		for _, v := range values {
			in.Variables = append(in.Variables, variable(v))
		}
		out, err := r.client.StartPipelineExecution(t.Context(), in)
		if err != nil {
			return "", err
		}
		return *out.PipelineExecutionId, nil
	}
	_, err := start()
	coded(t, err, "ValidationException")
	_, err = start([2]string{"Where", "here"}, [2]string{"Why", "so"})
	coded(t, err, "ValidationException")
	id, err := start([2]string{"Where", "here"})
	if err != nil {
		t.Fatal(err)
	}
	r.awaitIn(id, "dev")
	if c := r.take().Data.ActionConfiguration.Configuration; c["Environment"] != "here-fast" || c["From"] != id {
		t.Errorf("the configuration is %v", c)
	}
}
