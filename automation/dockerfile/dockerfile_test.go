package dockerfile

import (
	"reflect"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want Facts
	}{
		"nothing":  {"FROM php:8.4-apache\nCOPY . /var/www/html\n", Facts{Base: "php:8.4-apache"}},
		"scratch":  {"FROM scratch\nEXPOSE 3000\nUSER 1000\n", Facts{Ports: []int{3000}, User: "1000"}},
		"protocol": {"FROM a\nEXPOSE 53/udp 8000/TCP 9000-9010 8000\n", Facts{Base: "a", Ports: []int{8000}, Odd: []string{"53/udp", "9000-9010"}}},
		"variables": {"ARG FLAVOUR=alpine\nFROM node:${FLAVOUR}\nARG PORT=4000\nENV LISTEN=${PORT:-1}\nEXPOSE $LISTEN $UNSET\nUSER ${WHO:-node}\n",
			Facts{Base: "node:alpine", Ports: []int{4000}, Odd: []string{"$UNSET"}, User: "node"}},
		"a number that is no port": {"FROM a\nEXPOSE 0 99999 http\n", Facts{Base: "a", Odd: []string{"0", "99999", "http"}}},
		"Windows' ends of lines":   {"\ufeffFROM a\r\nEXPOSE 3000\r\nUSER app\r\nHEALTHCHECK CMD curl http://localhost/up\r\n", Facts{Base: "a", Ports: []int{3000}, User: "app", Health: "/up"}},
		"only the last stage":      {"FROM golang AS build\nEXPOSE 1\nUSER builder\nFROM debian\nCOPY --from=build /a /a\nEXPOSE 2\n", Facts{Base: "debian", Ports: []int{2}}},
		"and what it is made from": {"FROM debian AS base\nEXPOSE 1\nUSER a\nFROM golang AS other\nEXPOSE 9\nFROM base\nUSER b\n",
			Facts{Base: "debian", Ports: []int{1}, User: "b"}},
		"a check":                   {"FROM a\nHEALTHCHECK --interval=5s CMD curl -f http://localhost:3000/up?deep=1 || exit 1\n", Facts{Base: "a", Health: "/up?deep=1"}},
		"a check without a path":    {"FROM a\nHEALTHCHECK CMD [\"wget\", \"-q\", \"http://127.0.0.1\"]\n", Facts{Base: "a", Health: "/"}},
		"a check of something else": {"FROM a\nHEALTHCHECK CMD pg_isready || curl http://other/x\n", Facts{Base: "a"}},
		"no check":                  {"FROM a\nHEALTHCHECK CMD curl http://localhost/a\nHEALTHCHECK NONE\n", Facts{Base: "a"}},
	} {
		got, err := Read(strings.NewReader(c.text))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "RUN true\n", "FROM a\nEXPOSED 3000\n", "FROM a\nEXPOSE\n"} {
		if got, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
