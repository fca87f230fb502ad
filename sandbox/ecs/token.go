package ecs

import "encoding/base64"

// token hides the item that a page starts with, as AWS's tokens are opaque.
func token(item string) string { return base64.RawURLEncoding.EncodeToString([]byte(item)) }
