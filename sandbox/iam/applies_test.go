package iam_test

import (
	"fmt"
	"testing"

	"slipway/sandbox/iam"
)

// IAM user guide, "IAM JSON policy elements": Action, NotAction, Resource, NotResource, Variables (November 2026).
func TestStatementApplies(t *testing.T) {
	for _, c := range []struct {
		elements         string
		action, resource string
		want             bool
	}{
		{`"Action":"*","Resource":"*"`, "iam:AddUserToGroup", "*", true},
		{`"Action":"iam:*AccessKey*","Resource":"*"`, "iam:ListAccessKeys", "*", true},
		{`"Action":"iam:*AccessKey*","Resource":"*"`, "iam:ListUsers", "*", false},
		{`"Action":["sqs:*","s3:Get*"],"Resource":"*"`, "s3:GetObject", "*", true},
		{`"Action":"IAM:listaccesskeys","Resource":"*"`, "iam:ListAccessKeys", "*", true}, // case-insensitive
		{`"Action":"s3:GetObject?ersion","Resource":"*"`, "s3:GetObjectVersion", "*", true},
		{`"Action":"s3:GetObject?","Resource":"*"`, "s3:GetObject", "*", false}, // ? is exactly one
		{`"NotAction":"iam:*","Resource":"*"`, "s3:GetObject", "*", true},
		{`"NotAction":["iam:*","s3:*"],"Resource":"*"`, "S3:GetObject", "*", false},
		{`"Action":"s3:*","Resource":"arn:aws:s3:::DOC/*"`, "s3:GetObject", "arn:aws:s3:::DOC/a/b/c", true}, // * crosses slashes
		{`"Action":"s3:*","Resource":"arn:aws:s3:::DOC/*"`, "s3:ListBucket", "arn:aws:s3:::DOC", false},
		{`"Action":"s3:*","Resource":"arn:aws:s3:::doc/*"`, "s3:GetObject", "arn:aws:s3:::DOC/a", false}, // case-sensitive
		{`"Action":"s3:*","Resource":"arn:aws:s3:::doc-?"`, "s3:ListBucket", "arn:aws:s3:::doc-1", true},
		{`"Action":"s3:*","NotResource":["arn:aws:s3:::HR","arn:aws:s3:::HR/*"]`, "s3:GetObject", "arn:aws:s3:::HR/pay", false},
		{`"Action":"s3:*","NotResource":["arn:aws:s3:::HR","arn:aws:s3:::HR/*"]`, "s3:GetObject", "arn:aws:s3:::PR/pay", true},
		{`"Action":"s3:*","Resource":"arn:aws:s3:::DOC/${aws:username}/*"`, "s3:GetObject", "arn:aws:s3:::DOC/alice/x", true},
		{`"Action":"s3:*","Resource":"arn:aws:s3:::DOC/${aws:username}/*"`, "s3:GetObject", "arn:aws:s3:::DOC/bob/x", false},
		{`"Action":"s3:*","Resource":"arn:aws:s3:::DOC/${aws:PrincipalTag/team}/*"`, "s3:GetObject", "arn:aws:s3:::DOC//x", false}, // unknown: no match
		{`"Action":"s3:*","Resource":"arn:aws:s3:::${aws:PrincipalTag/team, 'company-wide'}"`, "s3:ListBucket", "arn:aws:s3:::company-wide", true},
		{`"Action":"s3:*","Resource":"arn:aws:s3:::a${*}b"`, "s3:ListBucket", "arn:aws:s3:::a*b", true},
		{`"Action":"s3:*","Resource":"arn:aws:s3:::a${*}b"`, "s3:ListBucket", "arn:aws:s3:::axb", false},
		{`"Action":"s3:*","Resource":"arn:aws:s3:::${aws:star}"`, "s3:ListBucket", "arn:aws:s3:::anything", false}, // a value's * is no wildcard
	} {
		d := parsed(t, `{"Effect":"Allow",`+c.elements+`}`, iam.Identity)
		r := iam.Request{Action: c.action, Resource: c.resource, Context: iam.Context{"aws:username": {"alice"}, "aws:star": {"*"}}}
		if got := d.Statements[0].Applies(r); got != c.want {
			t.Errorf("%s applies to %s on %s: %v", c.elements, c.action, c.resource, got)
		}
	}
}

// A document without version 2012-10-17 has no variables (IAM user guide, "IAM JSON policy elements: Version").
func TestOldVersionHasNoVariables(t *testing.T) {
	d, err := iam.Parse(`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username}"}}`, iam.Identity)
	if err != nil {
		t.Fatal(err)
	}
	for resource, want := range map[string]bool{"arn:aws:s3:::alice": false, "arn:aws:s3:::${aws:username}": true} {
		r := iam.Request{Action: "s3:ListBucket", Resource: resource, Context: iam.Context{"aws:username": {"alice"}}}
		if got := d.Statements[0].Applies(r); got != want {
			t.Errorf("applies to %s: %v", resource, got)
		}
	}
}

// IAM user guide, "IAM JSON policy elements: Condition operators", "Conditions with multiple context keys or values" and
// "Single-valued vs. multivalued context keys" (November 2026).
func TestConditions(t *testing.T) {
	has := func(key string, values ...string) iam.Context { return iam.Context{key: values} }
	const cidr = `{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:DB8:1234:5678::/64"]}}`
	for _, c := range []struct {
		condition string
		context   iam.Context
		want      bool
	}{
		{`{"StringEquals":{"aws:PrincipalTag/job":"iamuser-admin"}}`, has("aws:PrincipalTag/job", "iamuser-admin"), true},
		{`{"StringEquals":{"aws:principaltag/JOB":"iamuser-admin"}}`, has("aws:PrincipalTag/job", "iamuser-admin"), true}, // names ignore case
		{`{"StringEquals":{"aws:PrincipalTag/job":"iamuser-admin"}}`, has("aws:PrincipalTag/job", "IAMuser-admin"), false},
		{`{"StringEquals":{"aws:PrincipalTag/job":"iamuser-*"}}`, has("aws:PrincipalTag/job", "iamuser-admin"), false},
		{`{"StringEquals":{"aws:PrincipalTag/job":"iamuser-admin"}}`, nil, false}, // missing: false
		{`{"StringEquals":{"a:b":["x","y"]}}`, has("a:b", "y"), true},             // values are alternatives
		{`{"StringEquals":{"a:b":"x","a:c":"y"}}`, iam.Context{"a:b": {"x"}, "a:c": {"z"}}, false},
		{`{"StringEquals":{"a:b":"x"},"Bool":{"a:c":"true"}}`, iam.Context{"a:b": {"x"}, "a:c": {"true"}}, true},
		{`{"StringEquals":{"a:b":"${aws:username}"}}`, iam.Context{"a:b": {"me"}, "aws:username": {"me"}}, true},
		{`{"StringNotEquals":{"a:b":["x","y"]}}`, has("a:b", "y"), false}, // none may match
		{`{"StringNotEquals":{"a:b":["x","y"]}}`, has("a:b", "z"), true},
		{`{"StringNotEquals":{"a:b":"x"}}`, nil, true}, // negated and missing: true
		{`{"StringEqualsIgnoreCase":{"a:b":"X"}}`, has("a:b", "x"), true},
		{`{"StringNotEqualsIgnoreCase":{"a:b":"X"}}`, has("a:b", "x"), false},
		{`{"StringLike":{"s3:prefix":["","home/","home/${aws:username}/*"]}}`, iam.Context{"s3:prefix": {"home/me/x"}, "aws:username": {"me"}}, true},
		{`{"StringLike":{"s3:prefix":["","home/"]}}`, has("s3:prefix", ""), true},
		{`{"StringNotLike":{"a:b":"x*"}}`, has("a:b", "xy"), false},
		{`{"StringEqualsIfExists":{"ec2:InstanceType":["t1.*"]}}`, nil, true},
		{`{"StringLikeIfExists":{"ec2:InstanceType":["t1.*"]}}`, has("ec2:InstanceType", "m5.large"), false},
		{`{"NumericLessThanEquals":{"s3:max-keys":"10"}}`, has("s3:max-keys", "10"), true},
		{`{"NumericLessThanEquals":{"s3:max-keys":10}}`, has("s3:max-keys", "11"), false},
		{`{"NumericEquals":{"a:b":"5"}}`, has("a:b", "5.0"), true},
		{`{"NumericNotEquals":{"a:b":"5"}}`, has("a:b", "6"), true},
		{`{"NumericGreaterThan":{"a:b":"5"}}`, has("a:b", "five"), false},
		{`{"NumericGreaterThanEquals":{"a:b":"5"}}`, has("a:b", "5"), true},
		{`{"NumericLessThan":{"a:b":"5"}}`, nil, false},
		{`{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}}`, has("aws:TokenIssueTime", "2020-01-02T00:00:00Z"), true},
		{`{"DateLessThan":{"aws:EpochTime":"2020-01-01T00:00:00Z"}}`, has("aws:EpochTime", "1577836799"), true},
		{`{"DateLessThanEquals":{"a:b":"2020"}}`, has("a:b", "2020-01-01T00:00Z"), true},
		{`{"DateEquals":{"a:b":"2020-01-01"}}`, has("a:b", "2020-01-01T01:00:00+01:00"), true},
		{`{"DateNotEquals":{"a:b":"2020-01-01"}}`, has("a:b", "2020-01-01"), false},
		{`{"DateGreaterThanEquals":{"a:b":"soon"}}`, has("a:b", "2020-01-01"), false},
		{`{"Bool":{"aws:SecureTransport":"false"}}`, has("aws:SecureTransport", "false"), true},
		{`{"Bool":{"aws:SecureTransport":true}}`, has("aws:SecureTransport", "True"), true},
		{`{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`, nil, false},
		{`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`, nil, true},
		{`{"BinaryEquals":{"a:b":"QmluYXJ5"}}`, has("a:b", "QmluYXJ5"), true},
		{`{"BinaryEquals":{"a:b":"QmluYXJ5"}}`, has("a:b", "eA=="), false},
		{cidr, has("aws:SourceIp", "203.0.113.7"), true},
		{cidr, has("aws:SourceIp", "2001:db8:1234:5678::1"), true},
		{cidr, has("aws:SourceIp", "192.0.2.1"), false},
		{cidr, nil, false},
		{`{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}`, has("aws:SourceIp", "203.0.113.7"), true},
		{`{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, has("aws:SourceIp", "203.0.113.7"), false},
		{`{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, nil, true},
		{`{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:123:t"}}`, has("aws:SourceArn", "arn:aws:sns:eu-west-1:123:t"), true},
		{`{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:123:t"}}`, has("aws:SourceArn", "arn:aws:sns:eu:west:1:123:t"), false}, // part by part
		{`{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*"}}`, has("aws:SourceArn", "arn:aws:sns:eu-west-1:123:t"), false},
		{`{"ArnLike":{"a:b":"arn:aws:iam::aws:policy/*"}}`, has("a:b", "arn:aws:iam::aws:policy/service-role/X"), true},
		{`{"ArnNotEquals":{"a:b":"arn:aws:s3:::x"}}`, nil, true},
		{`{"ArnNotLike":{"a:b":"arn:aws:s3:::*"}}`, has("a:b", "arn:aws:s3:::x"), false},
		{`{"Null":{"aws:TokenIssueTime":"true"}}`, nil, true},
		{`{"Null":{"aws:TokenIssueTime":"true"}}`, has("aws:TokenIssueTime", "2020"), false},
		{`{"Null":{"aws:TokenIssueTime":false}}`, has("aws:TokenIssueTime", "2020"), true},
		{`{"Null":{"aws:TagKeys":"false"}}`, has("aws:TagKeys", ""), false},
		{`{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`, has("aws:TagKeys", "a", "b"), true},
		{`{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`, has("aws:TagKeys", "a", "c"), false},
		{`{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`, nil, true},
		{`{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`, has("aws:TagKeys", ""), true},
		{`{"ForAllValues:StringNotEquals":{"aws:TagKeys":["a"]}}`, has("aws:TagKeys", "b", "a"), false},
		{`{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}`, has("aws:TagKeys", "c", "b"), true},
		{`{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}`, has("aws:TagKeys", "c"), false},
		{`{"ForAnyValue:StringLike":{"aws:TagKeys":"key?*"}}`, has("aws:TagKeys", "key12"), true},
		{`{"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}}`, nil, false},
		{`{"ForAnyValue:StringNotEquals":{"aws:TagKeys":"a"}}`, has("aws:TagKeys", "a", "b"), true},
		{`{"StringEquals":{"aws:TagKeys":"a"}}`, has("aws:TagKeys", "a", "b"), false}, // several values need a set operator
	} {
		d := parsed(t, `{"Effect":"Allow","Action":"*","Resource":"*","Condition":`+c.condition+`}`, iam.Identity)
		if got := d.Statements[0].Applies(iam.Request{Action: "a:b", Resource: "*", Context: c.context}); got != c.want {
			t.Errorf("%s with %v: %v", c.condition, fmt.Sprint(c.context), got)
		}
	}
}
