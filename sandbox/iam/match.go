package iam

import "strings"

// token is a piece of a pattern: literal text, or a wildcard.
type token struct {
	text string
	wild byte // '*' or '?', 0 for literal text
}

// like matches text against tokens as a whole: * is any number of characters, ? is one.
func like(tokens []token, text string) bool {
	star, resume := -1, ""
	for i := 0; ; {
		switch {
		case i < len(tokens) && tokens[i].wild == '*':
			star, resume = i, text
			i++
			continue
		case i == len(tokens) && text == "":
			return true
		case i < len(tokens):
			if rest, ok := tokens[i].take(text); ok {
				text = rest
				i++
				continue
			}
		}
		if star < 0 || resume == "" {
			return false
		}
		_, size := firstRune(resume)
		resume = resume[size:]
		text, i = resume, star+1
	}
}

func (t token) take(text string) (rest string, ok bool) {
	if t.wild == '?' {
		_, size := firstRune(text)
		return text[size:], size > 0
	}
	return strings.CutPrefix(text, t.text)
}

// pattern splits text at its wildcards. With variables, ${key} is what the context has for the key, ${key, 'other'} the
// other where it has nothing, and ${*}, ${?} and ${$} are the characters themselves (IAM user guide, "IAM policy
// elements: Variables and tags"). A variable that nothing is known of matches nothing: ok is false.
func pattern(text string, variables bool, c Context) (tokens []token, ok bool) {
	literal := strings.Builder{}
	flush := func() {
		if literal.Len() > 0 {
			tokens = append(tokens, token{text: literal.String()})
			literal.Reset()
		}
	}
	for text != "" {
		if name, rest, is := variable(text); is && variables {
			value, known := resolve(name, c)
			if !known {
				return nil, false
			}
			literal.WriteString(value)
			text = rest
			continue
		}
		if text[0] == '*' || text[0] == '?' {
			flush()
			tokens = append(tokens, token{wild: text[0]})
		} else {
			literal.WriteByte(text[0])
		}
		text = text[1:]
	}
	flush()
	return tokens, true
}

func variable(text string) (name, rest string, is bool) {
	inner, is := strings.CutPrefix(text, "${")
	if !is {
		return "", "", false
	}
	return strings.Cut(inner, "}")
}

func resolve(name string, c Context) (string, bool) {
	switch name {
	case "*", "?", "$":
		return name, true
	}
	key, other, given := strings.Cut(name, ",")
	if values, there := c.values(strings.TrimSpace(key)); there && len(values) == 1 {
		return values[0], true
	}
	other = strings.TrimSpace(other)
	if given && len(other) >= 2 && other[0] == '\'' && other[len(other)-1] == '\'' {
		return other[1 : len(other)-1], true
	}
	return "", false
}

// matches is like for one text of a policy.
func matches(text, against string, variables bool, c Context) bool {
	tokens, ok := pattern(text, variables, c)
	return ok && like(tokens, against)
}

// MatchAction reports whether an Action element covers an action such as s3:GetObject; case makes no difference.
func MatchAction(element, action string) bool {
	return matches(strings.ToLower(element), strings.ToLower(action), false, nil)
}

// arnLike compares the six parts of two ARNs, each with wildcards of its own (IAM user guide, "Condition operators",
// Amazon Resource Name conditions).
func arnLike(text, against string, variables bool, c Context) bool {
	want, got := strings.SplitN(text, ":", 6), strings.SplitN(against, ":", 6)
	if len(got) != 6 || len(want) != 6 {
		return text == "*" && len(got) == 6
	}
	for i := range want {
		if !matches(want[i], got[i], variables, c) {
			return false
		}
	}
	return true
}
