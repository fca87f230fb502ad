package worker

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// pipelines is a CodePipeline that has jobs of one custom action, over HTTP. It keeps to the protocol: a nonce is good
// once, a job is reported on once, a continuation makes another job.
type pipelines struct {
	t *testing.T

	mu     sync.Mutex
	jobs   []*pipelineJob
	calls  map[string]int
	lose   map[string]int // answers that get lost after the call had its effect
	refuse map[string]int // calls that are answered with status 500
	reject map[string]int // calls that are answered with a ValidationException
	keys   map[string]any // artifact credentials
	batch  []int          // maxBatchSize of every poll
	gone   bool           // the execution was stopped and abandoned
	full   bool           // the variables of the execution have no room for more
}

type pipelineJob struct {
	id, nonce, status, token string
	configuration            map[string]string
	context                  map[string]any
	bucket, key              string
	success, failure         map[string]any
}

const (
	waiting    = "Queued"
	dispatched = "Dispatched"
	inProgress = "InProgress"
	succeeded  = "Succeeded"
	ended      = "Failed"
)

func (p *pipelines) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "CodePipeline_20150709.")
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		p.t.Errorf("%s: %v", action, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls[action]++
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if p.refuse[action] > 0 {
		p.refuse[action]--
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(`{"__type":"InternalFailure"}`))
		return
	}
	if p.reject[action] > 0 {
		p.reject[action]--
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"__type":"ValidationException","message":"1 validation error detected"}`))
		return
	}
	answer, exception := p.act(action, in)
	if p.lose[action] > 0 {
		p.lose[action]--
		panic(http.ErrAbortHandler)
	}
	if exception != "" {
		w.WriteHeader(http.StatusBadRequest)
		answer = map[string]any{"__type": exception, "message": action}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (p *pipelines) act(action string, in map[string]any) (any, string) {
	if action == "PollForJobs" {
		return p.poll(in), ""
	}
	if action == "GetPipelineExecution" {
		status := "InProgress"
		if p.gone {
			status = "Stopped"
		}
		return map[string]any{"pipelineExecution": map[string]any{"pipelineName": in["pipelineName"], "status": status}}, ""
	}
	id, _ := in["jobId"].(string)
	i := slices.IndexFunc(p.jobs, func(j *pipelineJob) bool { return j.id == id })
	if i < 0 {
		return nil, "JobNotFoundException"
	}
	j := p.jobs[i]
	switch action {
	case "AcknowledgeJob":
		if j.status != dispatched || in["nonce"] != j.nonce {
			return nil, "InvalidNonceException"
		}
		j.status = inProgress
		return map[string]any{"status": j.status}, ""
	case "GetJobDetails":
		return map[string]any{"jobDetails": map[string]any{"id": j.id, "data": p.data(j)}}, ""
	case "PutJobSuccessResult":
		if j.status != inProgress {
			return nil, "InvalidJobStateException"
		}
		if p.full && in["outputVariables"] != nil {
			return nil, "OutputVariablesSizeExceededException"
		}
		j.status, j.success = succeeded, in
		if token, ok := in["continuationToken"].(string); ok {
			next := *j
			next.id, next.status, next.token, next.success = fmt.Sprintf("%s-c", j.id), waiting, token, nil
			p.jobs = append(p.jobs, &next)
		}
		return map[string]any{}, ""
	case "PutJobFailureResult":
		if j.status != inProgress {
			return nil, "InvalidJobStateException"
		}
		j.status, j.failure = ended, in["failureDetails"].(map[string]any)
		return map[string]any{}, ""
	}
	p.t.Errorf("the call %s is not expected", action)
	return nil, "InvalidAction"
}

func (p *pipelines) poll(in map[string]any) any {
	room := int(in["maxBatchSize"].(float64))
	p.batch = append(p.batch, room)
	query, _ := in["queryParam"].(map[string]any)
	found := []any{}
	for _, j := range p.jobs {
		if j.status != waiting || len(found) == room || query["ProjectName"] != "slipway" {
			continue
		}
		j.nonce += "n"
		if p.lose["PollForJobs"] == 0 {
			j.status = dispatched
		}
		found = append(found, map[string]any{"id": j.id, "nonce": j.nonce, "data": p.data(j)})
	}
	return map[string]any{"jobs": found}
}

func (p *pipelines) data(j *pipelineJob) map[string]any {
	data := map[string]any{
		"actionConfiguration": map[string]any{"configuration": j.configuration},
		"pipelineContext":     j.context,
		"inputArtifacts": []any{map[string]any{"name": "Source", "location": map[string]any{
			"type": "S3", "s3Location": map[string]any{"bucketName": j.bucket, "objectKey": j.key}}}},
		"artifactCredentials": p.keys,
	}
	if j.token != "" {
		data["continuationToken"] = j.token
	}
	return data
}

// add puts a job in line.
func (p *pipelines) add(id string, alter func(*pipelineJob)) {
	j := &pipelineJob{
		id: id, status: waiting, bucket: "artifacts", key: "slipway/Source/1",
		configuration: map[string]string{"ProjectName": "slipway", "Operation": "deploy", "Environment": "dev", "Commit": commit},
		context: map[string]any{"pipelineExecutionId": "e-1", "pipelineName": "slipway",
			"stage": map[string]any{"name": "dev"}, "action": map[string]any{"name": "Deploy", "actionExecutionId": "a-" + id}},
	}
	if alter != nil {
		alter(j)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs = append(p.jobs, j)
}

// job is a copy of one job as it is, empty when there is none.
func (p *pipelines) job(id string) pipelineJob {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, j := range p.jobs {
		if j.id == id {
			return *j
		}
	}
	return pipelineJob{}
}

func (p *pipelines) count(action string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[action]
}

// set changes the pipelines while they are used.
func (p *pipelines) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}
