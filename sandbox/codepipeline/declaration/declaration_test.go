package declaration_test

import (
	"maps"
	"strings"
	"testing"

	"slipway/sandbox/codepipeline/declaration"
)

func jenkins() declaration.ActionType {
	return declaration.ActionType{
		ID: declaration.TypeID{Category: "Build", Owner: "Custom", Provider: "Jenkins", Version: "1"},
		Properties: []declaration.Property{
			{Name: "ProjectName", Required: true, Key: true, Queryable: true, Type: "String"}, {Name: "Commit"}, {Name: "Password", Required: true, Secret: true},
		},
		Inputs: declaration.Count{Minimum: 1, Maximum: 1}, Outputs: declaration.Count{Maximum: 1},
	}
}

func pipeline() declaration.Pipeline {
	return declaration.Pipeline{
		Name: "app", RoleARN: "arn:aws:iam::000000000000:role/pipeline", PipelineType: declaration.V2, ExecutionMode: declaration.Queued,
		ArtifactStore: &declaration.ArtifactStore{Type: "S3", Location: "artifacts"},
		Stages: []declaration.Stage{
			{Name: "Source", Actions: []declaration.Action{{
				Name: "Source", TypeID: declaration.CodeCommit, Namespace: "Source", OutputArtifacts: []declaration.Artifact{{Name: "Source"}},
				Configuration: map[string]string{"RepositoryName": "app", "BranchName": "main", "PollForSourceChanges": "false"},
			}}},
			{Name: "dev", Actions: []declaration.Action{{
				Name: "Deploy", TypeID: jenkins().ID, InputArtifacts: []declaration.Artifact{{Name: "Source"}},
				Configuration: map[string]string{"ProjectName": "slipway", "Commit": "#{Source.CommitId}", "Password": "x"},
			}}},
			{Name: "staging", Actions: []declaration.Action{{Name: "Approve", TypeID: declaration.Manual, TimeoutInMinutes: 60}}},
		},
	}
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(p *declaration.Pipeline, source, deploy, approve *declaration.Action)
		want   string // part of the error; "" for none
	}{
		"right":     {func(*declaration.Pipeline, *declaration.Action, *declaration.Action, *declaration.Action) {}, ""},
		"name":      {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.Name = "a b" }, "ValidationException: the name of a pipeline"},
		"role":      {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.RoleARN = "pipeline" }, "is the ARN of an IAM role"},
		"type":      {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.PipelineType = "V3" }, "V1 or V2"},
		"parallel":  {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.ExecutionMode = "PARALLEL" }, "PARALLEL does not exist here"},
		"mode":      {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.ExecutionMode = "ANY" }, "QUEUED or SUPERSEDED"},
		"queued V1": {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.PipelineType = declaration.V1 }, "needs a pipeline of type V2"},
		"variables of V1": {func(p *declaration.Pipeline, _, _, _ *declaration.Action) {
			p.PipelineType, p.ExecutionMode, p.Variables = declaration.V1, declaration.Superseded, []declaration.Variable{{Name: "a"}}
		}, "variables need"},
		"same variables": {func(p *declaration.Pipeline, _, _, _ *declaration.Action) {
			p.Variables = []declaration.Variable{{Name: "a"}, {Name: "a"}}
		}, "names of"},
		"no store":     {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.ArtifactStore = nil }, "InvalidStructureException: pipeline app has no artifact store"},
		"store's type": {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.ArtifactStore.Type = "EFS" }, "is S3"},
		"store's name": {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.ArtifactStore.Location = "a/b" }, "name of a bucket"},
		"store's key": {func(p *declaration.Pipeline, _, _, _ *declaration.Action) {
			p.ArtifactStore.EncryptionKey = &declaration.EncryptionKey{ID: "x"}
		}, "type KMS"},
		"one stage":       {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.Stages = p.Stages[:1] }, "minimum of 2 stages"},
		"stage's name":    {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.Stages[1].Name = "" }, "InvalidStageDeclarationException"},
		"same stages":     {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.Stages[2].Name = "dev" }, "two stages have the name dev"},
		"empty stage":     {func(p *declaration.Pipeline, _, _, _ *declaration.Action) { p.Stages[2].Actions = nil }, "stage staging has no actions"},
		"no source first": {func(_ *declaration.Pipeline, source, _, _ *declaration.Action) { source.TypeID = declaration.Manual }, "should start with a stage that only contains source actions"},
		"source later": {func(_ *declaration.Pipeline, _, _, approve *declaration.Action) {
			approve.TypeID = declaration.CodeCommit
		}, "first stage only"},
		"same actions": {func(p *declaration.Pipeline, _, deploy, _ *declaration.Action) {
			p.Stages[1].Actions = append(p.Stages[1].Actions, *deploy)
		}, "two actions of stage dev have the name Deploy"},
		"action's name":    {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) { deploy.Name = "a b" }, "the name of an action"},
		"run order":        {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) { deploy.RunOrder = 1000 }, "1 to 999"},
		"namespace":        {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) { deploy.Namespace = "a.b" }, "the namespace of action Deploy"},
		"same namespaces":  {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) { deploy.Namespace = "Source" }, "in use already"},
		"own namespace":    {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) { deploy.Namespace = "codepipeline" }, "in use already"},
		"action's role":    {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) { deploy.RoleARN = "x" }, "the role of action Deploy"},
		"timeout of a job": {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) { deploy.TimeoutInMinutes = 60 }, "only manual approvals"},
		"short timeout":    {func(_ *declaration.Pipeline, _, _, approve *declaration.Action) { approve.TimeoutInMinutes = 4 }, "5 to 86400 minutes"},
		"AWS's other type": {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) {
			deploy.TypeID = declaration.TypeID{Category: "Build", Owner: "AWS", Provider: "CodeBuild", Version: "1"}
		}, "Build/AWS/CodeBuild/1, which does not run here"},
		"no such type": {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) { deploy.TypeID.Version = "2" }, "Version: '2') in action 'Deploy' is not available"},
		"no input":     {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) { deploy.InputArtifacts = nil }, "has 0 input artifacts"},
		"too many outputs": {func(_ *declaration.Pipeline, source, _, _ *declaration.Action) {
			source.OutputArtifacts = append(source.OutputArtifacts, declaration.Artifact{Name: "More"})
		}, "has 2 output artifacts (Source, More)"},
		"artifact's name": {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) { deploy.InputArtifacts[0].Name = "a.b" }, "the name of an artifact"},
		"artifact not made": {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) {
			deploy.InputArtifacts[0].Name = "Built"
		}, "Built in action Deploy is not declared as Output Artifact"},
		"artifact twice": {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) {
			deploy.OutputArtifacts = []declaration.Artifact{{Name: "Source"}}
		}, "Source has been used more than once"},
		"missing": {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) {
			delete(deploy.Configuration, "ProjectName")
		}, "'Deploy' is missing required configuration 'ProjectName'"},
		"unknown": {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) { deploy.Configuration["Projekt"] = "x" }, "'Deploy' contains unknown configuration 'Projekt'"},
		"long query": {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) {
			deploy.Configuration["ProjectName"] = strings.Repeat("x", 21)
		}, "1 to 20"},
		"clone": {func(_ *declaration.Pipeline, source, _, _ *declaration.Action) {
			source.Configuration["OutputArtifactFormat"] = "CODEBUILD_CLONE_REF"
		}, "only CodeBuild reads"},
		"polling": {func(_ *declaration.Pipeline, source, _, _ *declaration.Action) {
			delete(source.Configuration, "PollForSourceChanges")
		}, "set PollForSourceChanges to false"},
		"bad reference": {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) {
			deploy.Configuration["Commit"] = "#{CommitId}"
		}, "a namespace and a key separated by a period"},
		"no namespace": {func(_ *declaration.Pipeline, _, deploy, _ *declaration.Action) {
			deploy.Configuration["Commit"] = "#{Build.CommitId}"
		}, "referencing a namespace that does not exist. StageName=[dev], ActionName=[Deploy], ActionConfigurationKey=[Commit], VariableReferenceText=[Build.CommitId]"},
	} {
		t.Run(name, func(t *testing.T) {
			p := pipeline().Normal()
			for i := range p.Stages {
				p.Stages[i].Actions[0].Configuration = maps.Clone(p.Stages[i].Actions[0].Configuration)
			}
			c.change(&p, &p.Stages[0].Actions[0], &p.Stages[1].Actions[0], &p.Stages[2].Actions[0])
			matches(t, p.Check(append(declaration.Builtin(), jenkins())), c.want)
		})
	}
}

func matches(t *testing.T, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v, want %q", err, want)
	}
}

// TestSideBySide has an action that takes what another of the same run order makes.
func TestSideBySide(t *testing.T) {
	p := pipeline().Normal()
	build := p.Stages[1].Actions[0]
	build.Name, build.OutputArtifacts = "Build", []declaration.Artifact{{Name: "Built"}}
	p.Stages[1].Actions[0].InputArtifacts = []declaration.Artifact{{Name: "Built"}}
	p.Stages[1].Actions = append(p.Stages[1].Actions, build)
	types := append(declaration.Builtin(), jenkins())
	matches(t, p.Check(types), "Built in action Deploy is not declared")
	p.Stages[1].Actions[0].RunOrder = 2
	matches(t, p.Check(types), "")
}

func TestActionType(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*declaration.ActionType)
		want   string
	}{
		"right":        {func(*declaration.ActionType) {}, ""},
		"category":     {func(a *declaration.ActionType) { a.ID.Category = "Make" }, "category"},
		"provider":     {func(a *declaration.ActionType) { a.ID.Provider = strings.Repeat("x", 36) }, "provider"},
		"version":      {func(a *declaration.ActionType) { a.ID.Version = "1234567890" }, "version"},
		"properties":   {func(a *declaration.ActionType) { a.Properties = make([]declaration.Property, 11) }, "at most 10"},
		"count":        {func(a *declaration.ActionType) { a.Inputs.Maximum = 6 }, "0 and 5"},
		"counts":       {func(a *declaration.ActionType) { a.Outputs.Minimum = 2 }, "0 and 5"},
		"no name":      {func(a *declaration.ActionType) { a.Properties[1].Name = "" }, "1 to 50"},
		"same names":   {func(a *declaration.ActionType) { a.Properties[1].Name = "ProjectName" }, "twice"},
		"description":  {func(a *declaration.ActionType) { a.Properties[1].Description = strings.Repeat("x", 161) }, "160"},
		"type":         {func(a *declaration.ActionType) { a.Properties[1].Type = "Date" }, "String, Number or Boolean"},
		"two queries":  {func(a *declaration.ActionType) { a.Properties[1].Queryable, a.Properties[1].Required = true, true }, "only one"},
		"secret query": {func(a *declaration.ActionType) { a.Properties[0].Secret = true }, "not secret"},
		"no URL":       {func(a *declaration.ActionType) { a.Settings = &declaration.Settings{EntityURLTemplate: "jenkins"} }, "no URL"},
		"secret in URL": {func(a *declaration.ActionType) {
			a.Settings = &declaration.Settings{EntityURLTemplate: "https://x/{Config:Password}"}
		}, "not secret"},
		"placeholder": {func(a *declaration.ActionType) {
			a.Settings = &declaration.Settings{RevisionURLTemplate: "https://x/{Build}"}
		}, "unknown placeholder {Build}"},
		"URLs": {func(a *declaration.ActionType) {
			a.Settings = &declaration.Settings{EntityURLTemplate: "https://x/{Config:ProjectName}", ExecutionURLTemplate: "https://x/{Config:ProjectName}/{ExternalExecutionId}"}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := jenkins()
			c.change(&a)
			matches(t, a.Check(), c.want)
		})
	}
}

func TestFill(t *testing.T) {
	const template = "https://x/job/{Config:ProjectName}/{ExternalExecutionId}/"
	configuration := map[string]string{"ProjectName": "slipway"}
	if got := declaration.Fill(template, configuration, "7"); got != "https://x/job/slipway/7/" {
		t.Errorf("the URL is %s", got)
	}
	if got := declaration.Fill(template, configuration, ""); got != "" {
		t.Errorf("the URL of a run that has no id is %s", got)
	}
}

func TestResolve(t *testing.T) {
	values := declaration.NewValues("e1", map[string]string{"Color": "pink"})
	values["Source"] = map[string]string{"CommitId": "c1", "CommitMessage": "with #{Source.CommitId}"}
	got, err := values.Resolve(map[string]string{
		"a": "#{Source.CommitId}-#{variables.Color}", "b": "#{codepipeline.PipelineExecutionId}", "c": "#{Source.CommitMessage}", "d": "# {} #{",
	})
	want := map[string]string{"a": "c1-pink", "b": "e1", "c": "with #{Source.CommitId}", "d": "# {} #{"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("resolved to %v, %v", got, err)
	}
	_, err = values.Resolve(map[string]string{"b": "#{Source.Digest}", "a": "#{Build.Tag} #{Source.CommitId}"})
	matches(t, err, "variables without a value: #{Build.Tag} in a, #{Source.Digest} in b")
}
