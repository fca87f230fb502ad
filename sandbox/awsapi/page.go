package awsapi

import "slices"

// Cut returns the part of a list that begins with the item of a key, or with the first for "", and the key of the item that
// the next part begins with, "" at the end. found is false for a key that no item has.
func Cut[T any](all []T, key func(T) string, from string, size int) (part []T, next string, found bool) {
	if from != "" {
		first := slices.IndexFunc(all, func(one T) bool { return key(one) == from })
		if first < 0 {
			return nil, "", false
		}
		all = all[first:]
	}
	if len(all) > size {
		return all[:size], key(all[size]), true
	}
	return all, "", true
}
