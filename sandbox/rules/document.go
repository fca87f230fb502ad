package rules

import (
	"unicode"

	"slipway/sandbox/iam"
)

// written is an input with a policy document.
type written struct {
	path  string
	kind  iam.Kind
	most  int // characters without white space; 0 for no limit of its own
	quota string
}

// policies are the inputs with policy documents of each type (IAM user guide, "IAM and AWS STS quotas", November 2026). The
// limit of an inline policy is that of all of a role together.
var policies = map[string][]written{
	roleType: {{"assumeRolePolicy", iam.Trust, 2048, "Cannot exceed quota for ACLSizePerRole: 2048"},
		{"inlinePolicies.policy", iam.Identity, 10240, "Maximum policy size of 10240 bytes exceeded for the role"}},
	policyType:                      {{"policy", iam.Identity, 6144, "Cannot exceed quota for PolicySize: 6144"}},
	"aws:iam/rolePolicy:RolePolicy": {{"policy", iam.Identity, 10240, "Maximum policy size of 10240 bytes exceeded for the role"}},
}

// documents returns IAM's error for a policy document that it would not take.
func (q request) documents() error {
	for _, w := range policies[q.token] {
		total := 0
		for _, document := range (reference{path: w.path}).names(q.in) {
			if _, err := iam.Parse(document, w.kind); err != nil {
				return refused("MalformedPolicyDocument", "%v", err)
			}
			total += solid(document)
		}
		if w.most > 0 && total > w.most {
			return refused("LimitExceeded", "%s", w.quota)
		}
	}
	return nil
}

// solid counts the characters of a document that are no white space, which IAM does not count.
func solid(document string) (n int) {
	for _, r := range document {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}
