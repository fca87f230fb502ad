package schema

import "strings"

// Nearest returns the key of all that a misspelt name most likely means, or "" when none is near:
// at most a third of its letters may differ.
func Nearest[T any](name string, all map[string]T) string {
	best, least := "", len(name)/3+1
	for candidate := range all {
		d := distance(strings.ToLower(name), strings.ToLower(candidate), least)
		if d < least || d == least && best != "" && candidate < best {
			best, least = candidate, d
		}
	}
	return best
}

// distance returns how many letters must be changed, added or removed to make b of a,
// or limit+1 when it is more than limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], limit+1)
}
