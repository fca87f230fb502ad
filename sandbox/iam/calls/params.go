package calls

import (
	"fmt"
	"net/url"
	"strconv"
)

// params are the members of a request, from JSON or from the fields of a query.
type params struct {
	fields map[string]any
	values url.Values
}

// text is a member that is no list, empty when it is missing. In a query its name may have dots.
func (p params) text(name string) string {
	if p.fields == nil {
		return p.values.Get(name)
	}
	if value, there := p.fields[name]; there && value != nil {
		return fmt.Sprint(value)
	}
	return ""
}

// object are the members of a member of JSON.
func (p params) object(name string) params {
	fields, _ := p.fields[name].(map[string]any)
	if fields == nil {
		fields = map[string]any{}
	}
	return params{fields: fields}
}

// texts is a list of texts: in a query name.1 or name.member.1, and so on.
func (p params) texts(name string) []string {
	var all []string
	if p.fields != nil {
		list, _ := p.fields[name].([]any)
		for _, each := range list {
			all = append(all, fmt.Sprint(each))
		}
		return all
	}
	for _, form := range []string{name + ".", name + ".member."} {
		for i := 1; p.values.Has(form + strconv.Itoa(i)); i++ {
			all = append(all, p.values.Get(form+strconv.Itoa(i)))
		}
	}
	return all
}

// tags are those of a request, in the forms that services have for them: a list of pairs or one object in JSON, members
// with Key and Value in a query.
func (p params) tags(name string) map[string]string {
	all := map[string]string{}
	if p.fields != nil {
		switch given := p.fields[name].(type) {
		case map[string]any:
			for key, value := range given {
				all[key] = fmt.Sprint(value)
			}
		case []any:
			for _, each := range given {
				pair, _ := each.(map[string]any)
				for _, names := range [][2]string{{"key", "value"}, {"Key", "Value"}, {"TagKey", "TagValue"}} {
					if key, there := pair[names[0]]; there {
						all[fmt.Sprint(key)] = fmt.Sprint(pair[names[1]])
					}
				}
			}
		}
		return all
	}
	for i := 1; p.values.Has(fmt.Sprintf("%s.%d.Key", name, i)); i++ {
		prefix := fmt.Sprintf("%s.%d.", name, i)
		all[p.values.Get(prefix+"Key")] = p.values.Get(prefix + "Value")
	}
	return all
}
