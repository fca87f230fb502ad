package ecs

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func str(v string) resource.PropertyValue { return resource.NewStringProperty(v) }
func num(v int) resource.PropertyValue    { return resource.NewNumberProperty(float64(v)) }
func list(v []setting) resource.PropertyValue {
	values := make([]resource.PropertyValue, len(v))
	for i, s := range v {
		values[i] = resource.NewObjectProperty(resource.PropertyMap{"name": str(s.Name), "value": str(s.Value)})
	}
	return resource.NewArrayProperty(values)
}
