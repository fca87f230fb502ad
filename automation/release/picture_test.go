package release

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var box = regexp.MustCompile(`y="77\.0" class="t">(\w+)<`)

// The picture in the README shows the steps that a release has.
func TestThePictureShowsTheSteps(t *testing.T) {
	w := newWorld(t)
	result, err := Deploy(t.Context(), w.options())
	if err != nil {
		t.Fatal(err)
	}
	var made []string
	for _, s := range result.Steps {
		made = append(made, s.Name)
	}
	picture, err := os.ReadFile("../../docs/release.svg")
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, groups := range box.FindAllStringSubmatch(string(picture), -1) {
		shown = append(shown, groups[1])
	}
	if !slices.Equal(shown, made) {
		t.Errorf("the picture shows %v, a release has %v", shown, made)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil || !strings.Contains(string(readme), "A release: "+strings.Join(made, ", ")+"]") {
		t.Errorf("the README's words for the picture are not %v (%v)", made, err)
	}
}
