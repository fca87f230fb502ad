package project

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// Value is one value that Pulumi.yaml is to have, by the keys that lead to it.
type Value struct {
	Block, Key, Text string
}

// State are the values that name a state backend and the secrets provider of new stacks.
func State(backend, secrets string) []Value {
	return []Value{{"backend", "url", backend}, {"config", SecretsKey, secrets}}
}

// Remember writes values into Pulumi.yaml, where it does not have them yet, and answers whether it wrote. Everything else
// in the file, comments and order too, stays as it is. A value that differs is an *OtherValue, and nothing is written.
func (p *Project) Remember(values []Value) (changed bool, err error) {
	file := filepath.Join(p.Root, "Pulumi.yaml")
	before, err := os.ReadFile(file)
	if err != nil {
		return false, fmt.Errorf("reading the project's file: %w", err)
	}
	after := before
	for _, v := range values {
		if after, err = v.into(after); err != nil {
			return false, err
		}
	}
	if bytes.Equal(before, after) {
		return false, nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return false, err
	}
	return true, replace(file, after, info.Mode().Perm())
}

// Lacks names the values that Pulumi.yaml does not have yet; a value that differs is an *OtherValue.
func (p *Project) Lacks(values []Value) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(p.Root, "Pulumi.yaml"))
	if err != nil {
		return nil, fmt.Errorf("reading the project's file: %w", err)
	}
	lacking := []string{}
	for _, v := range values {
		after, err := v.into(text)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(text, after) {
			lacking = append(lacking, v.Block+": "+v.Key)
		}
	}
	return lacking, nil
}

// OtherValue is the error for a key of Pulumi.yaml that has another value already.
type OtherValue struct {
	Key, Have, Want string
}

func (e *OtherValue) Error() string {
	return fmt.Sprintf("Pulumi.yaml has %s = %q, and not %q", e.Key, e.Have, e.Want)
}

// into adds the value as a line of text; yaml says where the lines of its block begin.
func (v Value) into(text []byte) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("reading Pulumi.yaml: %w", err)
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("reading Pulumi.yaml: it holds no keys")
	}
	block := valueOf(document.Content[0], v.Block)
	if block == nil {
		if len(text) > 0 && text[len(text)-1] != '\n' {
			text = append(bytes.Clone(text), '\n')
		}
		return fmt.Appendf(bytes.Clone(text), "%s:\n  %s\n", v.Block, v.line()), nil
	}
	if have := valueOf(block, v.Key); have != nil {
		return text, v.same(have)
	}
	if block.Kind != yaml.MappingNode || block.Style == yaml.FlowStyle || len(block.Content) == 0 {
		return nil, fmt.Errorf("writing Pulumi.yaml: %s is not a block of lines: add %q to it yourself", v.Block, v.line())
	}
	first := block.Content[0]
	lines := strings.SplitAfter(string(text), "\n")
	added := strings.Repeat(" ", first.Column-1) + v.line() + "\n"
	return []byte(strings.Join(lines[:first.Line-1], "") + added + strings.Join(lines[first.Line-1:], "")), nil
}

func (v Value) line() string { return fmt.Sprintf("%s: %s", v.Key, v.Text) }

// same compares with what is there: the value itself, or pulumi's longer form of it.
func (v Value) same(have *yaml.Node) error {
	text := have.Value
	if have.Kind == yaml.MappingNode {
		for _, key := range []string{"value", "default"} {
			if longer := valueOf(have, key); longer != nil {
				text = longer.Value
			}
		}
	}
	if text == v.Text {
		return nil
	}
	return &OtherValue{Key: v.Block + ": " + v.Key, Have: text, Want: v.Text}
}

func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// replace writes a file as a whole or not at all.
func replace(file string, text []byte, mode os.FileMode) (err error) {
	fresh, err := os.CreateTemp(filepath.Dir(file), ".Pulumi-*.yaml")
	if err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	defer func() { _ = os.Remove(fresh.Name()) }()
	_, err = fresh.Write(text)
	if err = errors.Join(err, fresh.Chmod(mode), fresh.Sync(), fresh.Close()); err == nil {
		err = os.Rename(fresh.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return nil
}
