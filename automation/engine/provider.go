package engine

import (
	"encoding/json"

	"gopkg.in/yaml.v3"
)

// provider is what encrypts the secrets of a stack, as its state names it.
type provider struct {
	Type  string `json:"type"` // "passphrase", "cloud" (a key service) or "service" (Pulumi's own)
	State struct {
		Salt         string `json:"salt"`
		URL          string `json:"url"`
		EncryptedKey string `json:"encryptedkey"`
	} `json:"state"`
}

// complete names the provider in a stack file that names none. Without that, pulumi falls back to the provider
// in the state, but reads every secret as null where the passphrase is wrong (seen with v3.230.0); with it, an
// operation refuses to begin.
func (p provider) complete(document *yaml.Node) (added bool) {
	if text(document, "encryptionsalt") != "" || text(document, "encryptedkey") != "" {
		return false
	}
	switch {
	case p.Type == "passphrase" && p.State.Salt != "":
		set(document, "encryptionsalt", p.State.Salt)
	case p.Type == "cloud" && p.State.URL != "":
		set(document, "secretsprovider", p.State.URL)
		set(document, "encryptedkey", p.State.EncryptedKey)
	default:
		return false
	}
	return true
}

func text(mapping *yaml.Node, key string) string {
	if value := child(mapping, key, false); value != nil {
		return value.Value
	}
	return ""
}

func set(mapping *yaml.Node, key, value string) {
	*child(mapping, key, true) = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: value}
}

func parseProvider(raw json.RawMessage) provider {
	var p provider
	_ = json.Unmarshal(raw, &p) // another kind of provider has another shape
	return p
}
