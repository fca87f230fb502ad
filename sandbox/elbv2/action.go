package elbv2

import (
	"slices"
	"strconv"
	"strings"

	"slipway/sandbox/awsapi"
)

// action is what a listener or a rule does with a request, as the provider's schema writes it.
type action struct {
	Type          string         `json:"type"`
	Order         int            `json:"order,omitempty"`
	TargetGroup   string         `json:"targetGroupArn,omitempty"`
	Forward       *forwardConfig `json:"forward,omitempty"`
	FixedResponse *fixedResponse `json:"fixedResponse,omitempty"`
	Redirect      *redirect      `json:"redirect,omitempty"`
}

type forwardConfig struct {
	TargetGroups []weightedGroup `json:"targetGroups"`
	Stickiness   *struct {
		Enabled bool `json:"enabled"`
	} `json:"stickiness,omitempty"`
}

type weightedGroup struct {
	ARN    string `json:"arn"`
	Weight *int   `json:"weight,omitempty"`
}

// groups are the target groups that the action forwards to, with weights; none for other actions.
func (a action) groups() []weightedGroup {
	if a.Forward != nil && len(a.Forward.TargetGroups) > 0 {
		return a.Forward.TargetGroups
	}
	if a.TargetGroup != "" {
		return []weightedGroup{{ARN: a.TargetGroup}}
	}
	return nil
}

// final picks the one action that answers: authentication before it does not exist here.
func final(actions []action) (action, error) {
	if len(actions) != 1 {
		return action{}, awsapi.Errorf("ValidationError", "exactly one action is available in the sandbox, %d were given", len(actions))
	}
	return actions[0], actions[0].check()
}

func (a action) check() error {
	switch a.Type {
	case "forward":
		return a.checkForward()
	case "fixed-response":
		return a.checkFixed()
	case "redirect":
		return a.checkRedirect()
	}
	return awsapi.Errorf("ValidationError", "action type '%s' is not available in the sandbox: forward, fixed-response and redirect are", a.Type)
}

func (a action) checkForward() error {
	groups := a.groups()
	if n := len(groups); n < 1 || n > 5 {
		return awsapi.Errorf("ValidationError", "A forward action must have from 1 to 5 target groups, it has %d", n)
	}
	if a.Forward != nil && a.Forward.Stickiness != nil && a.Forward.Stickiness.Enabled {
		return awsapi.Errorf("ValidationError", "target group stickiness is not available in the sandbox")
	}
	for _, g := range groups {
		if w := defaulted(g.Weight, 1); w < 0 || w > 999 {
			return awsapi.Errorf("ValidationError", "The weight of target group '%s' must be from 0 to 999, it is %d", g.ARN, w)
		}
	}
	return nil
}

func (a action) checkFixed() error {
	if a.FixedResponse == nil {
		return awsapi.Errorf("ValidationError", "A fixed-response action must have a fixedResponse")
	}
	code, err := strconv.Atoi(a.FixedResponse.status())
	if err != nil || code < 200 || code > 599 || code/100 == 3 {
		return awsapi.Errorf("ValidationError", "The status code of a fixed response must be 2XX, 4XX or 5XX, it is '%s'", a.FixedResponse.StatusCode)
	}
	if len(a.FixedResponse.Body) > 1024 {
		return awsapi.Errorf("ValidationError", "The message body of a fixed response has at most 1024 bytes, it has %d", len(a.FixedResponse.Body))
	}
	types := []string{"text/plain", "text/css", "text/html", "application/javascript", "application/json"}
	if !slices.Contains(types, a.FixedResponse.ContentType) {
		return awsapi.Errorf("ValidationError", "The content type of a fixed response must be one of %s, it is '%s'", strings.Join(types, ", "), a.FixedResponse.ContentType)
	}
	return nil
}

func (a action) checkRedirect() error {
	if a.Redirect == nil {
		return awsapi.Errorf("ValidationError", "A redirect action must have a redirect")
	}
	if c := a.Redirect.StatusCode; c != "HTTP_301" && c != "HTTP_302" {
		return awsapi.Errorf("ValidationError", "The status code of a redirect must be HTTP_301 or HTTP_302, it is '%s'", c)
	}
	return nil
}
