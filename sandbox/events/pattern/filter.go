package pattern

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// add adds what a comparison operator matches.
func (f *field) add(operator map[string]any) error {
	name, v, err := only(operator)
	if err != nil {
		return err
	}
	if name == "exists" {
		there, isBool := v.(bool)
		if !isBool {
			return errors.New("exists is true or false")
		}
		f.absent = f.absent || !there
		f.filters = append(f.filters, func(any) bool { return there })
		return nil
	}
	parse, known := operators[name]
	if !known {
		return fmt.Errorf("there is no filter %q", name)
	}
	match, err := parse(v)
	f.filters = append(f.filters, match)
	return err
}

func only(operator map[string]any) (name string, v any, err error) {
	if len(operator) != 1 {
		return "", nil, errors.New("a filter has one name")
	}
	for name, v = range operator {
	}
	return name, v, nil
}

// operators are those of one leaf, by name. Filled by init, as anything-but holds others of them.
var operators map[string]func(v any) (filter, error)

func init() {
	operators = map[string]func(any) (filter, error){
		"prefix": affix("prefix", strings.HasPrefix), "suffix": affix("suffix", strings.HasSuffix),
		"equals-ignore-case": texts("equals-ignore-case", strings.EqualFold),
		"wildcard":           wildcard, "numeric": numeric, "cidr": cidr, "anything-but": anythingBut,
	}
}

// texts makes the operator that compares a text with the leaf's.
func texts(name string, match func(leaf, text string) bool) func(any) (filter, error) {
	return func(v any) (filter, error) {
		text, isText := v.(string)
		if !isText {
			return nil, fmt.Errorf("%s is a text", name)
		}
		return func(leaf any) bool {
			is, isText := leaf.(string)
			return isText && match(is, text)
		}, nil
	}
}

// affix is prefix or suffix: of a text, or of {"equals-ignore-case": text}.
func affix(name string, match func(leaf, text string) bool) func(any) (filter, error) {
	return func(v any) (filter, error) {
		if inner, is := v.(map[string]any); is {
			how, text, err := only(inner)
			if err != nil || how != "equals-ignore-case" {
				return nil, fmt.Errorf("%s is a text, or equals-ignore-case with one", name)
			}
			return texts(name+" of equals-ignore-case", func(leaf, text string) bool {
				return match(strings.ToLower(leaf), strings.ToLower(text))
			})(text)
		}
		return texts(name, match)(v)
	}
}

// wildcard has stars for any number of characters; \* and \\ are a star and a backslash.
func wildcard(v any) (filter, error) {
	text, isText := v.(string)
	if !isText || text == "" {
		return nil, errors.New("wildcard is a text")
	}
	var pieces []string
	var piece strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && (text[i+1] == '*' || text[i+1] == '\\'):
			i++
			piece.WriteByte(text[i])
		case text[i] == '\\':
			return nil, errors.New(`a wildcard escapes * and \ with a backslash, nothing else`)
		case text[i] != '*':
			piece.WriteByte(text[i])
		case i > 0 && piece.Len() == 0:
			return nil, errors.New("a wildcard has no two stars beside each other")
		default:
			pieces = append(pieces, piece.String())
			piece.Reset()
		}
	}
	pieces = append(pieces, piece.String())
	return func(leaf any) bool {
		is, isText := leaf.(string)
		return isText && glob(pieces, is)
	}, nil
}

// glob matches a text that consists of the pieces and anything between two of them.
func glob(pieces []string, text string) bool {
	first, last := pieces[0], pieces[len(pieces)-1]
	if len(pieces) == 1 {
		return text == first
	}
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, piece := range pieces[1 : len(pieces)-1] {
		_, rest, found := strings.Cut(text, piece)
		if !found {
			return false
		}
		text = rest
	}
	return true
}

// numeric is one comparison, or two that bound a range: [">", 0, "<=", 5]. Numbers lie between -5e9 and 5e9.
func numeric(v any) (filter, error) {
	list, _ := v.([]any)
	if len(list) != 2 && len(list) != 4 {
		return nil, errors.New(`numeric is a comparison and a number, like [">", 0], or two of them, like [">", 0, "<=", 5]`)
	}
	var tests []func(float64) bool
	var bounds []float64
	for i := 0; i < len(list); i += 2 {
		operator, _ := list[i].(string)
		bound, isNumber := number(list[i+1])
		test := comparison(operator, bound)
		switch {
		case test == nil:
			return nil, fmt.Errorf("numeric compares by =, <, <=, > or >=, not by %v", list[i])
		case !isNumber || bound < -5e9 || bound > 5e9:
			return nil, fmt.Errorf("numeric compares with a number from -5e9 to 5e9, not with %v", list[i+1])
		case len(list) == 4 && operator[0] != "><"[i/2]:
			return nil, errors.New("a range of numeric is a lower bound (> or >=) and then an upper one (< or <=)")
		}
		tests, bounds = append(tests, test), append(bounds, bound)
	}
	if len(bounds) == 2 && bounds[0] >= bounds[1] {
		return nil, errors.New("the lower bound of numeric is below the upper one")
	}
	return func(leaf any) bool {
		n, isNumber := number(leaf)
		return isNumber && !slices.ContainsFunc(tests, func(holds func(float64) bool) bool { return !holds(n) })
	}, nil
}

func comparison(operator string, bound float64) func(float64) bool {
	return map[string]func(float64) bool{
		"=":  func(n float64) bool { return n == bound },
		"<":  func(n float64) bool { return n < bound },
		"<=": func(n float64) bool { return n <= bound },
		">":  func(n float64) bool { return n > bound },
		">=": func(n float64) bool { return n >= bound },
	}[operator]
}

func number(v any) (float64, bool) {
	text, isNumber := v.(json.Number)
	n, err := text.Float64()
	return n, isNumber && err == nil
}

// cidr is a range of IPv4 or IPv6 addresses, or one address.
func cidr(v any) (filter, error) {
	text, _ := v.(string)
	network, err := netip.ParsePrefix(text)
	if address, wrong := netip.ParseAddr(text); wrong == nil {
		network, err = netip.PrefixFrom(address, address.BitLen()), nil
	}
	if err != nil {
		return nil, fmt.Errorf(`cidr is a range of addresses, like "10.0.0.0/24", not %q`, text)
	}
	return func(leaf any) bool {
		text, _ := leaf.(string)
		address, err := netip.ParseAddr(text)
		return err == nil && network.Contains(address)
	}, nil
}

// anythingBut is a text, a number, a list of either, or another operator with one text or a list.
func anythingBut(v any) (filter, error) {
	name, parse := "", exactly
	if inner, is := v.(map[string]any); is {
		var err error
		if name, v, err = only(inner); err != nil {
			return nil, err
		}
		if parse = operators[name]; !slices.Contains([]string{"prefix", "suffix", "wildcard", "equals-ignore-case"}, name) {
			return nil, fmt.Errorf("anything-but has no %q; it has prefix, suffix, wildcard and equals-ignore-case", name)
		}
	}
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	var matches []filter
	for _, each := range list {
		match, err := parse(each)
		switch {
		case err != nil:
			return nil, err
		case name != "" && each == "":
			return nil, fmt.Errorf("%s of anything-but is empty", name)
		case fmt.Sprintf("%T", each) != fmt.Sprintf("%T", list[0]):
			return nil, errors.New("anything-but is of texts or of numbers, not of both")
		}
		matches = append(matches, match)
	}
	if len(matches) == 0 {
		return nil, errors.New("anything-but is empty")
	}
	return func(leaf any) bool {
		return !slices.ContainsFunc(matches, func(match filter) bool { return match(leaf) })
	}, nil
}

// exactly is a text or a number that anything-but excludes.
func exactly(v any) (filter, error) {
	n, isNumber := number(v)
	if _, isText := v.(string); !isText && !isNumber {
		return nil, errors.New("anything-but is of texts or numbers")
	}
	return func(leaf any) bool {
		is, alsoNumber := number(leaf)
		return leaf == v || isNumber && alsoNumber && is == n
	}, nil
}
