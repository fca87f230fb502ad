package scope

import (
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// LastOutputs are the text outputs of a stack's last update, none when there is no such stack. An output that is a list
// of texts is one text, separated by commas.
//
// It calls the function that a StackReference is made of. The resource itself cannot be used for a stack that
// may be absent (the engine then fails the whole update), and would stand in every preview as one more read.
func LastOutputs(ctx *pulumi.Context, stack string) (map[string]string, error) {
	args := struct {
		Name string `pulumi:"name"`
	}{stack}
	var found struct {
		Outputs map[string]any `pulumi:"outputs"`
	}
	err := ctx.Invoke("pulumi:pulumi:readStackOutputs", &args, &found)
	for tries := 0; halfWritten(err) && tries < 20; tries++ {
		time.Sleep(20 * time.Millisecond)
		err = ctx.Invoke("pulumi:pulumi:readStackOutputs", &args, &found)
	}
	if err != nil && strings.Contains(err.Error(), "unknown stack") {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the outputs of stack %s: %w", stack, err)
	}
	texts := map[string]string{}
	for name, value := range found.Outputs {
		if text, ok := textOf(value); ok {
			texts[name] = text
		}
	}
	return texts, nil
}

func textOf(value any) (string, bool) {
	list, ok := value.([]any)
	if !ok {
		text, ok := value.(string)
		return text, ok
	}
	var texts []string
	for _, item := range list {
		text, ok := item.(string)
		if !ok {
			return "", false
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ","), true
}

// halfWritten tells the error of a read beside the engine's own write: a folder as backend keeps the attributes of
// the state in a second file, which is not replaced in one step as the state is (gocloud.dev/blob/fileblob).
func halfWritten(err error) bool {
	return err != nil && strings.Contains(err.Error(), "failed to load checkpoint: EOF")
}

// OwnStack is the full name of the running stack.
func OwnStack(ctx *pulumi.Context) string { return SiblingStack(ctx, ctx.Stack()) }

// SiblingStack is the full name of a stack of the same project; a name that is full already stays.
func SiblingStack(ctx *pulumi.Context, stack string) string {
	if strings.Contains(stack, "/") {
		return stack
	}
	return ctx.Organization() + "/" + ctx.Project() + "/" + stack
}

// Listed takes a list of texts apart again.
func Listed(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}
