package codepipeline_test

// m and l are the maps and lists of resource inputs.
type (
	m = map[string]any
	l = []any
)

func customType() m {
	property := func(name string, required, queryable bool) m {
		return m{"name": name, "required": required, "key": queryable, "secret": false, "queryable": queryable, "type": "String"}
	}
	return m{
		"category": "Build", "providerName": "Jenkins", "version": "1",
		"inputArtifactDetails": m{"minimumCount": 1, "maximumCount": 1}, "outputArtifactDetails": m{"minimumCount": 0, "maximumCount": 1},
		"configurationProperties": l{
			property("ProjectName", true, true), property("Operation", true, false), property("Environment", true, false),
			property("From", false, false), property("Commit", true, false),
		},
		"settings": m{"executionUrlTemplate": "https://jenkins.example.com/job/{Config:ProjectName}/{ExternalExecutionId}/"},
	}
}

func source() m {
	return m{
		"name": "Source", "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1", "namespace": "Source",
		"outputArtifacts": l{"Source"},
		"configuration":   m{"RepositoryName": "app", "BranchName": "main", "PollForSourceChanges": "false"},
	}
}

func custom(name, operation, environment string, order int) m {
	return m{
		"name": name, "category": "Build", "owner": "Custom", "provider": "Jenkins", "version": "1", "runOrder": order, "inputArtifacts": l{"Source"},
		"configuration": m{"ProjectName": "slipway", "Operation": operation, "Environment": environment, "Commit": "#{Source.CommitId}"},
	}
}

func approval() m {
	return m{
		"name": "Approve", "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1", "runOrder": 1,
		"configuration": m{"CustomData": "Release #{Source.CommitMessage}?", "ExternalEntityLink": "https://dev.example.com/", "NotificationArn": "arn:aws:sns:us-east-1:000000000000:approvals"},
	}
}

// definition is the pipeline that takes a commit to dev, and to staging when somebody approves.
func definition(mode string) m {
	return m{
		"name": "app", "roleArn": "arn:aws:iam::000000000000:role/pipeline", "pipelineType": "V2", "executionMode": mode,
		"artifactStores": l{m{"type": "S3", "location": "artifacts", "encryptionKey": m{"id": "alias/artifacts", "type": "KMS"}}},
		"stages": l{
			m{"name": "Source", "actions": l{source()}},
			m{"name": "dev", "actions": l{custom("Deploy", "deploy", "dev", 1)}},
			m{"name": "staging", "actions": l{approval(), custom("Promote", "promote", "staging", 2)}},
		},
		"tags": m{"team": "web"},
	}
}

// stage is one of a definition's stages.
func stage(d m, i int) m { return d["stages"].(l)[i].(m) }

// action is one of a definition's actions.
func action(d m, i, j int) m { return stage(d, i)["actions"].(l)[j].(m) }
