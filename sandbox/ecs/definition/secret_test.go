package definition

import (
	"strings"
	"testing"
)

func TestSecretsThatAreRefused(t *testing.T) {
	const arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf"
	for name, c := range map[string]struct {
		role    string
		secrets []Secret
		want    string
	}{
		"without a role": {"", []Secret{{"A", "/a"}}, "you must also specify a value for 'executionRoleArn'"},
		"twice":          {"r", []Secret{{"A", "/a"}, {"A", "/b"}}, "such as 'A'"},
		"a variable too": {"r", []Secret{{"V", "/a"}}, "such as 'V'"},
		"half an ARN":    {"r", []Secret{{"A", arn + ":key"}}, "Invalid ARN syntax"},
		"no value":       {"r", []Secret{{"A", ""}}, "should not be null or empty"},
		"good":           {"r", []Secret{{"A", "/a"}, {"B", arn}, {"C", arn + ":key::"}}, ""},
	} {
		task := Task{Family: "f", ExecutionRoleARN: c.role, ContainerDefinitions: []Container{
			{Name: "app", Image: "x", Memory: 64, Environment: []KeyValue{{"V", "w"}}, Secrets: c.secrets},
		}}
		err := task.Validate()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
