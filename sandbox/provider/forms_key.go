package provider

import (
	"fmt"
	"strings"
)

var keyForms = map[string]form{
	"aws:route53/record:Record": {
		id: func(o *operation) string {
			return fmt.Sprintf("%s_%s_%s", o.text("zoneId"), o.text("name"), o.text("type"))
		},
		outputs: func(o *operation) values { return values{"fqdn": strings.TrimSuffix(o.text("name"), ".")} },
	},
}
