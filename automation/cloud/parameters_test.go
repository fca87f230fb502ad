package cloud

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

func TestParameters(t *testing.T) {
	const two = `{"Parameters":[{"Name":"/shop/one","Value":"1"},{"Name":"two","Value":"2"}],"InvalidParameters":[]}`
	c, asked := open(t, map[string]answer{"ssm.GetParameters": {200, two}})
	got, err := c.Parameters(t.Context(), []string{"/shop/one", "two"})
	if err != nil || !maps.Equal(got, map[string]string{"/shop/one": "1", "two": "2"}) {
		t.Errorf("%v, %v", got, err)
	}
	if body := string(asked.asked["ssm.GetParameters"]); !strings.Contains(body, `"WithDecryption":true`) {
		t.Errorf("asked for %s", body)
	}
	for text, a := range map[string]answer{
		"there is no /shop/one": {200, `{"Parameters":[{"Name":"two","Value":"2"}],"InvalidParameters":["/shop/one"]}`},
		"AccessDenied":          {400, `{"__type":"AccessDeniedException"}`},
		"something else":        {200, `secret`},
	} {
		c, _ := open(t, map[string]answer{"ssm.GetParameters": a})
		_, err := c.Parameters(t.Context(), []string{"/shop/one", "two"})
		if said := fmt.Sprint(err); err == nil || !strings.Contains(said, text) || strings.Contains(said, "secret") {
			t.Errorf("%+v: %v", a, err)
		}
	}
}
