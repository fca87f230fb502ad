package awsapi

import (
	"encoding/json"
	"errors"
	"net/url"
	"testing"
)

type inner struct {
	Port int `json:"port"`
}

type outer struct {
	inner
	Name string           `json:"name"`
	List []inner          `json:"list"`
	Map  map[string]inner `json:"map"`
	Any  any              `json:"any"`
	Raw  json.RawMessage  `json:"raw"`
	At   Time             `json:"at"`
	One  *inner           `json:"one"`
}

// A member that says something and that no field takes is refused by its path.
func TestMembersThatNobodyReads(t *testing.T) {
	for body, want := range map[string]string{
		`{}`:                                  "",
		`{"name":"x","port":1,"Name":"y"}`:    "",
		`{"other":null,"more":[],"no":false}`: "",
		`{"other":{"a":"","b":[]}}`:           "",
		`{"other":"x"}`:                       "other",
		`{"a":0,"b":1}`:                       "b",
		`{"list":[{"port":1},{"prot":2}]}`:    "list.prot",
		`{"map":{"k":{"port":1,"x":true}}}`:   "map.k.x",
		`{"one":{"x":{"y":1}}}`:               "one.x",
		`{"any":{"x":1},"raw":{"x":1}}`:       "",
		`{"at":1.5}`:                          "",
	} {
		var v outer
		err := decodeJSON([]byte(body), &v)
		var member *memberError
		if errors.As(err, &member); (want == "") != (err == nil) || member != nil && member.name != want {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
	for query, want := range map[string]string{"Name=x&Other=1": "Other", "List.member.1.Port=1&List.member.1.Prot=2": "List.member.1.Prot", "Deep.Id=1": "Deep.Id"} {
		form, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		var v struct {
			Name string
			List []struct{ Port int }
		}
		var member *memberError
		if err := decodeForm(form, &v); !errors.As(err, &member) || member.name != want {
			t.Errorf("%s: %v, want %q", query, err, want)
		}
	}
}
