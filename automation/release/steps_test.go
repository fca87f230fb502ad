package release

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

// stepFiles are the files of a release's steps. What two of them need is in a file that is no step.
var stepFiles = []string{"preflight.go", "build.go", "update.go", "gates.go", "rollout.go", "verify.go", "record.go"}

// No step of a release uses what another one declares: they meet in the values of the list alone.
func TestStepsDoNotUseEachOther(t *testing.T) {
	files := map[string]*ast.File{}
	of := map[string]string{} // the step that declares a function, or a method of pass as "p.name"
	for _, name := range stepFiles {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = file
		for _, d := range file.Decls {
			if f, is := d.(*ast.FuncDecl); is && declared(f) != "" {
				of[declared(f)] = name
			}
		}
	}
	for name, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, is := n.(*ast.CallExpr); is {
				if step := of[called(call)]; step != "" && step != name {
					t.Errorf("%s calls %s of %s", name, called(call), step)
				}
			}
			return true
		})
	}
}

func declared(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	if of, is := f.Recv.List[0].Type.(*ast.Ident); is && of.Name == "pass" {
		return "p." + f.Name.Name
	}
	return ""
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if on, is := f.X.(*ast.Ident); is && on.Name == "p" {
			return "p." + f.Sel.Name
		}
	}
	return ""
}
