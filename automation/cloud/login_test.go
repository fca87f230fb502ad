package cloud

import (
	"context"
	"net/http"
	"testing"
)

func TestLogin(t *testing.T) {
	for _, c := range []struct{ name, token, user, password string }{
		{"a token", "QVdTOnBhc3M6d29yZA==", "AWS", "pass:word"},
		{"no base64", "?", "", ""},
		{"no colon", "QVdT", "", ""},
	} {
		body := `{"authorizationData":[{"authorizationToken":"` + c.token + `"}]}`
		x, _ := open(t, map[string]answer{"ecr.GetAuthorizationToken": {http.StatusOK, body}})
		user, password, err := x.Login(context.Background())
		if user != c.user || password != c.password || (err == nil) != (c.user != "") {
			t.Errorf("%s: %q, %q, %v", c.name, user, password, err)
		}
	}
}
