package provider

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/schema"
)

// documents are the properties that hold JSON, which the AWS provider compares by meaning.
var documents = []string{
	"assumeRolePolicy", "containerDefinitions", "dashboardBody", "eventPattern", "policy", "policyDocument",
}

// same tells whether two values mean the same, so that a change from one to the other is none.
func same(path presource.PropertyPath, a, b presource.PropertyValue) bool {
	if a.IsNull() || b.IsNull() {
		return empty(a) && empty(b)
	}
	if a.IsComputed() || b.IsComputed() {
		return false
	}
	if a.IsString() && b.IsString() && slices.Contains(documents, last(path)) {
		return sameJSON(a.StringValue(), b.StringValue())
	}
	if a.IsArray() && b.IsArray() {
		return sameSet(a.ArrayValue(), b.ArrayValue())
	}
	return !a.IsObject() && a.DeepEquals(b)
}

// empty tells whether a value is not there: AWS makes no difference between an empty list and none.
func empty(v presource.PropertyValue) bool {
	return v.IsNull() || v.IsArray() && len(v.ArrayValue()) == 0 || v.IsObject() && len(v.ObjectValue()) == 0
}

func last(path presource.PropertyPath) string {
	name, _ := path[len(path)-1].(string)
	return name
}

func sameJSON(a, b string) bool {
	if a == b {
		return true
	}
	var left, right any
	if json.Unmarshal([]byte(a), &left) != nil || json.Unmarshal([]byte(b), &right) != nil {
		return false
	}
	return reflect.DeepEqual(left, right)
}

// sameSet compares lists of strings without their order: subnets, security groups and their like are sets.
func sameSet(a, b []presource.PropertyValue) bool {
	left, ok := texts(a)
	right, also := texts(b)
	return ok && also && slices.Equal(left, right)
}

func texts(values []presource.PropertyValue) ([]string, bool) {
	all := make([]string, 0, len(values))
	for _, v := range values {
		v = schema.Plain(v)
		if !v.IsString() {
			return nil, false
		}
		all = append(all, v.StringValue())
	}
	slices.SortFunc(all, strings.Compare)
	return all, true
}
