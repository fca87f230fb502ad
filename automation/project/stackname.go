package project

import (
	"fmt"
	"regexp"
)

var stackName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$`)

// BadStackName is the error for a name that cannot be a stack's.
type BadStackName struct{ Name string }

func (e *BadStackName) Error() string {
	return fmt.Sprintf("%q is not a stack name: 1 to 100 letters, digits, _ . and -, "+
		"beginning with a letter, a digit or _", e.Name)
}

// CheckStackName returns a *BadStackName unless name is safe as a stack's name, as part of a file name
// and as an argument of a command.
func CheckStackName(name string) error {
	if !stackName.MatchString(name) {
		return &BadStackName{Name: name}
	}
	return nil
}
