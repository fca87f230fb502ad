package images

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// Labelled is the text of a Dockerfile with labels added to the stage that is built, which is the last one when target
// is empty: the docker provider has no labels of its own. Nothing else changes, nor do the numbers of the lines before.
func Labelled(dockerfile []byte, target string, labels map[string]string) ([]byte, error) {
	parsed, err := parser.Parse(bytes.NewReader(dockerfile))
	if err != nil {
		return nil, err
	}
	end, err := stageEnd(parsed.AST.Children, target)
	if err != nil {
		return nil, err
	}
	lines := strings.SplitAfter(string(dockerfile), "\n")
	end = min(end, len(lines))
	before, after := strings.Join(lines[:end], ""), strings.Join(lines[end:], "")
	if !strings.HasSuffix(before, "\n") {
		before += "\n"
	}
	return []byte(before + labelLine(labels) + after), nil
}

// stageEnd is the number of the line with which a stage's last instruction ends.
func stageEnd(instructions []*parser.Node, target string) (line int, err error) {
	stage, found := -1, false
	var names []string
	for _, node := range instructions {
		if strings.EqualFold(node.Value, "from") {
			stage++
			name := stageName(node)
			names = append(names, name)
			found = target == "" || strings.EqualFold(name, target) || fmt.Sprint(stage) == target
		}
		if found {
			line = node.EndLine
		}
	}
	switch {
	case stage < 0:
		return 0, fmt.Errorf("the Dockerfile has no FROM")
	case line == 0:
		return 0, fmt.Errorf("the Dockerfile has no stage %q: it has %s", target, stageList(names))
	}
	return line, nil
}

// stageName is what stands behind AS, or nothing.
func stageName(from *parser.Node) string {
	var words []string
	for n := from.Next; n != nil; n = n.Next {
		words = append(words, n.Value)
	}
	if len(words) == 3 && strings.EqualFold(words[1], "as") {
		return words[2]
	}
	return ""
}

func stageList(names []string) string {
	var named []string
	for _, name := range names {
		if name != "" {
			named = append(named, name)
		}
	}
	if len(named) == 0 {
		return "none with a name"
	}
	return strings.Join(named, ", ")
}

// labelLine puts values between single quotes, in which a Dockerfile expands nothing, whatever its escape character is.
func labelLine(labels map[string]string) string {
	var line strings.Builder
	line.WriteString("LABEL")
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		fmt.Fprintf(&line, " %s='%s'", name, strings.Map(plain, labels[name]))
	}
	return line.String() + "\n"
}

// plain leaves out what would end the quotes or the line.
func plain(r rune) rune {
	if r == '\'' || r < ' ' || r == 0x7f {
		return '?'
	}
	return r
}
