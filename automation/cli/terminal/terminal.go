// Package terminal keeps libraries from questioning the terminal while the program starts. One that Pulumi's SDK
// links (bubbletea) asks every terminal for its colours before main runs, waits up to five seconds for the answer,
// and swallows what was typed meanwhile.
//
// It imports nothing but os on purpose: Go initializes packages in the order of their import paths as soon as
// their imports are done (language specification, "Program initialization"), so this one comes before "strings"
// and everything that needs it.
package terminal

import "os"

const variable = "TERM"

var kind, known = os.LookupEnv(variable)

func init() {
	_ = os.Setenv(variable, "dumb") // a dumb terminal is not asked
}

// Restore gives TERM back its value. Call it first in main.
func Restore() {
	if known {
		_ = os.Setenv(variable, kind)
		return
	}
	_ = os.Unsetenv(variable)
}
