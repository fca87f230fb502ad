package declaration

// The action types of AWS's own that run here. Every other one of AWS's is refused when a pipeline is declared.
var (
	CodeCommit = TypeID{"Source", "AWS", "CodeCommit", "1"}
	Manual     = TypeID{"Approval", "AWS", "Manual", "1"}
)

// Builtin returns the action types of AWS's own, as ListActionTypes describes them.
func Builtin() []ActionType {
	optional := func(name string) Property { return Property{Name: name, Type: "String"} }
	needed := func(name string) Property { return Property{Name: name, Required: true, Key: true, Type: "String"} }
	return []ActionType{
		{
			ID: CodeCommit, Outputs: Count{1, 1}, Settings: &Settings{},
			Properties: []Property{needed("RepositoryName"), needed("BranchName"), optional("PollForSourceChanges"), optional("OutputArtifactFormat")},
		},
		{
			ID: Manual, Settings: &Settings{},
			Properties: []Property{optional("NotificationArn"), optional("ExternalEntityLink"), optional("CustomData")},
		},
	}
}
