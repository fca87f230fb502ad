package pattern_test

import (
	"strings"
	"testing"

	"slipway/sandbox/events/pattern"
)

// The examples of EventBridge's user guide ("Comparison operators for use in event patterns" and "Event patterns",
// 2026-11), with an event for each that matches and one that does not. What stands here is the detail of both.
func TestTheExamplesOfTheGuide(t *testing.T) {
	for _, c := range []struct{ pattern, matches, not string }{
		{`{"Location":["New York"],"Day":["Monday"]}`, `{"Location":"New York","Day":"Monday"}`, `{"Location":"New York","Day":"Friday"}`},
		{`{"state":[{"anything-but":"initializing"}]}`, `{"state":"running"}`, `{"state":"initializing"}`},
		{`{"state":[{"anything-but":["stopped","overloaded"]}]}`, `{"state":"running"}`, `{"state":"stopped"}`},
		{`{"x-limit":[{"anything-but":[100,200,300]}]}`, `{"x-limit":101}`, `{"x-limit":200}`},
		{`{"Region":[{"anything-but":{"prefix":"us-"}}]}`, `{"Region":"eu-west-1"}`, `{"Region":"us-east-1"}`},
		{`{"state":[{"anything-but":{"prefix":["init","error"]}}]}`, `{"state":"running"}`, `{"state":"error 5"}`},
		{`{"FileName":[{"anything-but":{"suffix":".png"}}]}`, `{"FileName":"a.txt"}`, `{"FileName":"a.png"}`},
		{`{"FileName":[{"anything-but":{"suffix":[".txt",".rtf"]}}]}`, `{"FileName":"a.png"}`, `{"FileName":"a.rtf"}`},
		{`{"state":[{"anything-but":{"equals-ignore-case":["initializing","stopped"]}}]}`, `{"state":"running"}`, `{"state":"STOPPED"}`},
		{`{"FilePath":[{"anything-but":{"wildcard":["*/lib/*","*/bin/*"]}}]}`, `{"FilePath":"/usr/share/a"}`, `{"FilePath":"/usr/bin/a"}`},
		{`{"Region":[{"prefix":"us-"}]}`, `{"Region":"us-east-1"}`, `{"Region":"eu-us-1"}`},
		{`{"service":[{"prefix":{"equals-ignore-case":"eventb"}}]}`, `{"service":"EventBridge"}`, `{"service":"ebridge"}`},
		{`{"LastName":[""]}`, `{"LastName":""}`, `{"LastName":null}`},
		{`{"Name":["Alice"]}`, `{"Name":"Alice"}`, `{"Name":"alice"}`},
		{`{"Name":[{"equals-ignore-case":"alice"}]}`, `{"Name":"ALICE"}`, `{"Name":"Alicia"}`},
		{`{"FileName":[{"suffix":".png"}]}`, `{"FileName":"a.png"}`, `{"FileName":"a.png.txt"}`},
		{`{"service":[{"suffix":{"equals-ignore-case":"tBridge"}}]}`, `{"service":"EVENTBRIDGE"}`, `{"service":"bridges"}`},
		{`{"ProductName":[{"exists":true}]}`, `{"ProductName":"x"}`, `{"Other":"x"}`},
		{`{"ProductName":[{"exists":false}]}`, `{"Other":"x"}`, `{"ProductName":null}`},
		{`{"UserID":[null]}`, `{"UserID":null}`, `{"UserID":""}`},
		{`{"Price":[{"numeric":["=",100]}]}`, `{"Price":1e2}`, `{"Price":"100"}`},
		{`{"Price":[{"numeric":[">",10,"<=",20]}]}`, `{"Price":20}`, `{"Price":10}`},
		{`{"PaymentType":["Credit","Debit"]}`, `{"PaymentType":"Debit"}`, `{"PaymentType":"Cash"}`},
		{`{"$or":[{"Location":["New York"]},{"Day":["Monday"]}]}`, `{"Location":"Rome","Day":"Monday"}`, `{"Location":"Rome","Day":"Friday"}`},
		{`{"$or":[{"c-count":[{"numeric":[">",0,"<=",5]}]},{"d-count":[{"numeric":["<",10]}]},{"x-limit":[{"numeric":["=",3.018e2]}]}]}`, `{"x-limit":301.8}`, `{"c-count":6,"d-count":10,"x-limit":301}`},
		{`{"a":["x"],"$or":[{"b":[1]},{"b":[2],"$or":[{"c":[1]},{"c":[2]}]}]}`, `{"a":"x","b":2,"c":2}`, `{"a":"x","b":2,"c":3}`},
		{`{"FileName":[{"wildcard":"dir/*.png"}]}`, `{"FileName":"dir/sub/a.png"}`, `{"FileName":"dir/a.jpg"}`},
		{`{"EventBusArn":[{"wildcard":"*:event-bus/*"}]}`, `{"EventBusArn":"arn:aws:events:us-east-1:1:event-bus/mine"}`, `{"EventBusArn":"arn:aws:events:us-east-1:1:rule/mine"}`},
		{`{"source-ip":[{"cidr":"10.0.0.0/24"}]}`, `{"source-ip":"10.0.0.33"}`, `{"source-ip":"10.0.1.33"}`},
		{`{"source-ip":[{"cidr":"2001:db8::/32"}]}`, `{"source-ip":"2001:db8::1"}`, `{"source-ip":"10.0.0.1"}`},
		{`{"count":[300]}`, `{"count":300}`, `{"count":300.0}`}, // by how a number is written
	} {
		t.Run(c.pattern, func(t *testing.T) {
			p, err := pattern.Parse(`{"detail":` + c.pattern + `}`)
			if err != nil {
				t.Fatal(err)
			}
			for detail, want := range map[string]bool{c.matches: true, c.not: false} {
				if got, err := p.Matches([]byte(`{"source":"me","detail":` + detail + `}`)); got != want || err != nil {
					t.Errorf("%s: %v, %v", detail, got, err)
				}
			}
		})
	}
}

func TestListsAndObjects(t *testing.T) {
	for _, c := range []struct {
		pattern, detail string
		want            bool
	}{
		{`{"tags":["b"]}`, `{"tags":["a","b"]}`, true},
		{`{"tags":[{"anything-but":"a"}]}`, `{"tags":["a","b"]}`, true}, // some value is another
		{`{"tags":[{"exists":true}]}`, `{"tags":[]}`, false},
		{`{"deep":[{"exists":true}]}`, `{"deep":{"a":1}}`, false}, // leaves only
		{`{"deep":[{"exists":false}]}`, `{"deep":{"a":1}}`, true},
		{`{"deep":{"a":[{"exists":false}]}}`, `{"deep":"text"}`, true},
		{`{"all":{"a":[1],"b":[2]}}`, `{"all":[{"a":1,"b":2}]}`, true},
		{`{"all":{"a":[1],"b":[2]}}`, `{"all":[{"a":1,"b":3},{"a":4,"b":2}]}`, false}, // both of one element
		{`{"all":{"a":[1],"b":[{"exists":false}]}}`, `{"all":[{"a":1},{"b":2}]}`, false},
		{`{"name":["main",{"exists":false}]}`, `{}`, true},
		{`{"name":["x",{"prefix":"release/"},{"anything-but":["y","release/"]}]}`, `{"name":"y"}`, false},
		{`{"text":[{"wildcard":"a\\*\\\\*c"}]}`, `{"text":"a*\\bc"}`, true},
		{`{"text":[{"wildcard":"a\\**c"}]}`, `{"text":"abc"}`, false},
		{`{"text":[{"wildcard":"ab*ba"}]}`, `{"text":"aba"}`, false},
		{`{"ip":[{"cidr":"10.0.0.1"}]}`, `{"ip":"no address"}`, false},
	} {
		p, err := pattern.Parse(`{"detail":` + c.pattern + `}`)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got, err := p.Matches([]byte(`{"detail":` + c.detail + `}`)); got != c.want || err != nil {
			t.Errorf("%s, %s: %v, %v", c.pattern, c.detail, got, err)
		}
	}
}

func TestPatternsThatAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{`:                                      "not a JSON object",
		`[]`:                                     "not a JSON object",
		`{} {}`:                                  "more than one",
		`{} }`:                                   "more than one",
		`{}`:                                     "empty",
		`{"sauce":["a"]}`:                        `no field "sauce"`,
		`{"$or":[{"sauce":["a"]},{"id":["b"]}]}`: `no field "sauce"`,
		`{"$or":[{"source":["a"]}]}`:             "at least two",
		`{"$or":[{"source":["a"]},{}]}`:          "at least two",
		`{"source":"aws.ecr"}`:                   `written as a list, like ["aws.ecr"]`,
		`{"source":[]}`:                          "empty list",
		`{"source":[["a"]]}`:                     "list inside a list",
		`{"detail":{}}`:                          "detail: it is empty",
		`{"detail":{"a":{"b":1}}}`:               "detail.a.b",
	} {
		if _, err := pattern.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for operator, want := range map[string]string{
		`{"magic":"x"}`:                                  `no filter "magic"`,
		`{"prefix":"x","suffix":"y"}`:                    "one name",
		`{}`:                                             "one name",
		`{"prefix":1}`:                                   "prefix is a text",
		`{"prefix":{"wildcard":"a*"}}`:                   "equals-ignore-case",
		`{"equals-ignore-case":["a"]}`:                   "is a text",
		`{"wildcard":"a**b"}`:                            "two stars",
		`{"wildcard":"a\\b"}`:                            "backslash",
		`{"wildcard":""}`:                                "wildcard is a text",
		`{"exists":"yes"}`:                               "true or false",
		`{"numeric":[">"]}`:                              "a comparison and a number",
		`{"numeric":["!",1]}`:                            "not by !",
		`{"numeric":[">","1"]}`:                          "not with 1",
		`{"numeric":[">",5e10]}`:                         "-5e9 to 5e9",
		`{"numeric":["<",1,">",0]}`:                      "lower bound",
		`{"numeric":[">",2,"<",1]}`:                      "below the upper",
		`{"cidr":"10.0.0.0/33"}`:                         "range of addresses",
		`{"anything-but":[]}`:                            "empty",
		`{"anything-but":["a",1]}`:                       "not of both",
		`{"anything-but":true}`:                          "texts or numbers",
		`{"anything-but":{"prefix":""}}`:                 "is empty",
		`{"anything-but":{"numeric":[">",1]}}`:           `no "numeric"`,
		`{"anything-but":{"prefix":"a","wildcard":"b"}}`: "one name",
	} {
		if _, err := pattern.Parse(`{"detail":{"a":[` + operator + `]}}`); err == nil || !strings.Contains(err.Error(), "detail.a: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", operator, err)
		}
	}
}

func FuzzPattern(f *testing.F) {
	f.Add(`{"detail":{"a":[{"numeric":[">",1,"<",2]},{"cidr":"::/0"},{"anything-but":{"wildcard":["*a*"]}}]}}`, `{"a":[1.5]}`)
	f.Add(`{"$or":[{"detail":{"b":[{"exists":false}]}},{"source":[{"prefix":{"equals-ignore-case":"x"}}]}]}`, `[{"b":[[]]}]`)
	f.Fuzz(func(t *testing.T, text, detail string) {
		if p, err := pattern.Parse(text); err == nil {
			_, _ = p.Matches([]byte(`{"source":"x","detail":` + detail + `}`)) // it returns
		}
	})
}
