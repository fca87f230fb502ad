package schema

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write aws.json anew from the SDK that go.mod names")

// sdk reads the resource types out of the Go SDK's source, which is generated from the provider's schema. What the source does
// not say stays as aws.json has it: which outputs are always there, which values are secret, and which lists are required.
type sdk struct {
	t     *testing.T
	root  string
	files map[string]*ast.File
}

func newSDK(t *testing.T) *sdk {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi-aws/sdk/v6").Output()
	if err != nil {
		t.Fatal("finding the SDK:", err)
	}
	return &sdk{t, filepath.Join(strings.TrimSpace(string(out)), "go", "aws"), map[string]*ast.File{}}
}

func (s *sdk) file(path string) *ast.File {
	s.t.Helper()
	if s.files[path] == nil {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(s.root, path), nil, parser.ParseComments)
		if err != nil {
			s.t.Fatal(err)
		}
		s.files[path] = f
	}
	return s.files[path]
}

// parts are the module and the name in a token, such as ecs and Service in aws:ecs/service:Service.
func parts(tok string) (module, name string) {
	module, _, _ = strings.Cut(strings.TrimPrefix(tok, "aws:"), "/")
	return module, tok[strings.LastIndex(tok, ":")+1:]
}

func lowered(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// members are the fields of a struct with a pulumi tag, and the comment of each.
func members(f *ast.File, name string) (fields map[string]ast.Expr, comments map[string]string) {
	ast.Inspect(f, func(n ast.Node) bool {
		spec, is := n.(*ast.TypeSpec)
		if !is || spec.Name.Name != name {
			return true
		}
		if body, is := spec.Type.(*ast.StructType); is {
			fields, comments = map[string]ast.Expr{}, map[string]string{}
			for _, field := range body.Fields.List {
				if field.Tag == nil {
					continue
				}
				text, _ := strconv.Unquote(field.Tag.Value)
				member := reflect.StructTag(text).Get("pulumi")
				fields[member], comments[member] = field.Type, field.Doc.Text()
			}
		}
		return false
	})
	return fields, comments
}

// anything is the type of a value that may be of several.
const anything = "pulumi.json#/Any"

// property is the type of a field; refs are added to for every type of the module that it names.
func property(module string, e ast.Expr, refs map[string]bool) *Property {
	switch e := e.(type) {
	case *ast.StarExpr:
		return property(module, e.X, refs)
	case *ast.ArrayType:
		return &Property{Type: "array", Items: property(module, e.Elt, refs)}
	case *ast.MapType:
		return &Property{Type: "object", Values: property(module, e.Value, refs)}
	case *ast.InterfaceType:
		return &Property{Ref: anything}
	case *ast.SelectorExpr:
		if strings.HasPrefix(e.Sel.Name, "Asset") {
			return &Property{Ref: "pulumi.json#/Asset"}
		}
		return &Property{Ref: "pulumi.json#/" + e.Sel.Name}
	case *ast.Ident:
		if plain, known := map[string]string{"string": "string", "bool": "boolean", "int": "integer", "float64": "number"}[e.Name]; known {
			return &Property{Type: plain}
		}
		if e.Name == "interface{}" || e.Name == "any" {
			return &Property{Ref: anything}
		}
		tok := "aws:" + module + "/" + e.Name + ":" + e.Name
		refs[tok] = true
		return &Property{Ref: "#/types/" + tok}
	}
	return nil
}

// required are the inputs without which the SDK makes no resource.
func (s *sdk) required(module, name string) (all []string) {
	fields, _ := members(s.file(module+"/"+lowered(name)+".go"), lowered(name)+"Args")
	byGo := map[string]string{}
	for member := range fields {
		byGo[strings.ToLower(member)] = member
	}
	ast.Inspect(s.file(module+"/"+lowered(name)+".go"), func(n ast.Node) bool {
		text, is := n.(*ast.BasicLit)
		if !is || !strings.HasPrefix(text.Value, `"invalid value for required argument '`) {
			return true
		}
		_, rest, _ := strings.Cut(text.Value, "'")
		argument, _, _ := strings.Cut(rest, "'")
		if member, known := byGo[strings.ToLower(argument)]; known {
			all = append(all, member)
		}
		return true
	})
	slices.Sort(all)
	return all
}

// resource brings a resource type up to date.
func (s *sdk) resource(tok string, r *Resource, refs map[string]bool) {
	module, name := parts(tok)
	file := s.file(module + "/" + lowered(name) + ".go")
	fields, comments := members(file, lowered(name)+"Args")
	if fields == nil {
		s.t.Errorf("the SDK has no %s", tok)
		return
	}
	inputs := map[string]*Property{}
	for member, e := range fields {
		inputs[member] = merged(r.Inputs[member], property(module, e, refs))
		text := strings.ToLower(comments[member])
		if r.Inputs[member] == nil {
			inputs[member].Replaces = strings.Contains(text, "forces new resource") || strings.Contains(text, "forces a new resource") ||
				strings.Contains(text, "forces replacement")
		}
	}
	r.Inputs, r.RequiredInputs = inputs, s.required(module, name)
	for member, p := range inputs { // an input is an output too
		if r.Outputs[member] == nil {
			r.Outputs[member] = p
		}
	}
}

// merged is the type as the SDK has it, with what only the schema says.
func merged(old, now *Property) *Property {
	switch {
	case old == nil:
		return now
	case now.Ref == anything:
		return old // Go has no type for one of several
	}
	plain := []string{"string", "boolean", "integer", "number"}
	if slices.Contains(plain, old.Type) && slices.Contains(plain, now.Type) {
		return old // the provider keeps some numbers as texts, and takes both
	}
	copied := *now
	copied.Replaces, copied.Secret, copied.Enum = old.Replaces, old.Secret, old.Enum
	if strings.HasPrefix(old.Ref, "#/types/") && now.Type == "string" || strings.HasPrefix(old.Ref, "pulumi.json") || len(old.Enum) > 0 {
		copied.Type, copied.Ref = old.Type, old.Ref // an enumeration is a string in Go
	}
	if old.Items != nil && now.Items != nil {
		copied.Items = merged(old.Items, now.Items)
	}
	if old.Values != nil && now.Values != nil {
		copied.Values = merged(old.Values, now.Values)
	}
	return &copied
}

// object brings a nested type up to date. The types of each module are in one file.
func (s *sdk) object(tok string, o *Object, refs map[string]bool) {
	module, name := parts(tok)
	fields, _ := members(s.file(module+"/pulumiTypes.go"), name)
	if fields == nil {
		return // an enumeration
	}
	properties, required := map[string]*Property{}, []string{}
	for member, e := range fields {
		properties[member] = merged(o.Properties[member], property(module, e, refs))
		switch e.(type) {
		case *ast.StarExpr:
		case *ast.ArrayType, *ast.MapType, *ast.InterfaceType:
			if slices.Contains(o.Required, member) {
				required = append(required, member)
			}
		default:
			required = append(required, member)
		}
	}
	slices.Sort(required)
	o.Properties, o.Required = properties, required
}

// whole is the package brought up to date with the SDK.
func (s *sdk) whole() *Package {
	p := mustParse("aws", awsJSON)
	refs := map[string]bool{}
	for tok, r := range p.Resources {
		s.resource(tok, r, refs)
	}
	for done := false; !done; {
		done = true
		for tok := range refs {
			if _, known := s.files["done "+tok]; known {
				continue
			}
			s.files["done "+tok], done = nil, false
			if p.Types[tok] == nil {
				p.Types[tok] = &Object{}
			}
			s.object(tok, p.Types[tok], refs)
		}
	}
	return p
}

// TestTheSchemaIsTheSDKs compares every resource type with the SDK that programs are compiled against.
func TestTheSchemaIsTheSDKs(t *testing.T) {
	want := newSDK(t).whole()
	if *update {
		text, err := json.MarshalIndent(written(want), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("aws.json", append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have := mustParse("aws", awsJSON)
	for tok, r := range want.Resources {
		differ(t, tok+" input", have.Resources[tok].Inputs, r.Inputs)
		if !slices.Equal(slices.Sorted(slices.Values(have.Resources[tok].RequiredInputs)), r.RequiredInputs) {
			t.Errorf("%s requires %v, the SDK %v", tok, have.Resources[tok].RequiredInputs, r.RequiredInputs)
		}
	}
	for tok, o := range want.Types {
		if have.Types[tok] == nil {
			t.Errorf("%s is missing", tok)
			continue
		}
		differ(t, tok, have.Types[tok].Properties, o.Properties)
		if !slices.Equal(slices.Sorted(slices.Values(have.Types[tok].Required)), slices.Sorted(slices.Values(o.Required))) {
			t.Errorf("%s requires %v, the SDK %v", tok, have.Types[tok].Required, o.Required)
		}
	}
	if t.Failed() {
		t.Log("go test ./sandbox/schema -run TheSchemaIsTheSDKs -update writes it anew")
	}
}

func differ(t *testing.T, of string, have, want map[string]*Property) {
	t.Helper()
	for member, p := range want {
		if have[member] == nil {
			t.Errorf("%s %s is missing", of, member)
		} else if a, b := said(have[member]), said(p); a != b {
			t.Errorf("%s %s is %s, in the SDK %s", of, member, a, b)
		}
	}
	for member := range have {
		if want[member] == nil {
			t.Errorf("%s %s is not in the SDK", of, member)
		}
	}
}

func said(p *Property) string {
	text, _ := json.Marshal(written(p))
	return string(text)
}

// written is a value as aws.json has it: without members that say nothing.
func written(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var all any
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&all); err != nil {
		panic(err)
	}
	return sparse(all)
}

func sparse(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, each := range v {
			each = sparse(each)
			if each == nil || each == "" || each == false || fmt.Sprint(each) == "[]" || name == "Name" {
				delete(v, name)
				continue
			}
			v[name] = each
		}
	case []any:
		for i := range v {
			v[i] = sparse(v[i])
		}
	}
	return v
}
