package kms

import (
	"context"
	"encoding/json"
	"fmt"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// policyName is the name of the one policy that a key has.
const policyName = "default"

// longestPolicy is how long a key policy may be, in bytes
// (https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html, November 2026).
const longestPolicy = 32 << 10

// defaultPolicy is the policy that KMS gives a key that is made without one.
func defaultPolicy() string {
	return fmt.Sprintf(`{"Id":"key-default-1","Statement":[{"Action":"kms:*","Effect":"Allow","Principal":{"AWS":"%s"},"Resource":"*","Sid":"Enable IAM User Permissions"}],"Version":"2012-10-17"}`,
		naming.GlobalARN("iam", "root"))
}

// checkPolicy refuses what is not a policy.
func checkPolicy(text string) error {
	if len(text) > longestPolicy {
		return awsapi.Errorf("LimitExceededException", "The key policy has %d bytes, and %d are allowed", len(text), longestPolicy)
	}
	var document struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(text), &document); err != nil || document.Statement == nil {
		return awsapi.Errorf("MalformedPolicyDocumentException", "The key policy is no JSON object with a Statement")
	}
	return nil
}

type policyInput struct{ KeyID, PolicyName, Policy string }

func (in policyInput) check() error {
	if in.PolicyName != "" && in.PolicyName != policyName {
		return awsapi.Errorf("NotFoundException", "No such policy exists: %s", in.PolicyName)
	}
	return nil
}

type policyOutput struct{ Policy, PolicyName string }

func (s *Service) getKeyPolicy(_ context.Context, in policyInput) (policyOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.own(in.KeyID)
	if err == nil {
		err = in.check()
	}
	return policyOutput{k.Policy, policyName}, err
}

func (s *Service) putKeyPolicy(_ context.Context, in policyInput) (struct{}, error) {
	if err := in.check(); err != nil {
		return struct{}{}, err
	}
	_, err := s.change(in.KeyID, inAnyState, func(k *key) error {
		k.Policy = in.Policy
		return k.check()
	})
	return struct{}{}, err
}

type listPoliciesInput struct {
	KeyID string
	paging
}

type listPoliciesOutput struct {
	PolicyNames []string
	more
}

func (s *Service) listKeyPolicies(_ context.Context, in listPoliciesInput) (out listPoliciesOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.own(in.KeyID); err != nil {
		return out, err
	}
	out.PolicyNames, out.more, err = page([]string{policyName}, in.paging, 100, 1000, func(n string) string { return n })
	return out, err
}
