package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

func (p *Provider) getAvailabilityZones(_ context.Context, in resource.Properties) (resource.Properties, error) {
	var q struct {
		State          string   `json:"state"`
		ExcludeNames   []string `json:"excludeNames"`
		ExcludeZoneIDs []string `json:"excludeZoneIds"`
	}
	if err := resource.Decode(in, &q); err != nil {
		return nil, err
	}
	names, ids := []string{}, []string{}
	for _, zone := range p.zones() {
		id := p.zoneID(zone)
		if slices.Contains(q.ExcludeNames, zone) || slices.Contains(q.ExcludeZoneIDs, id) || q.State != "" && q.State != "available" {
			continue
		}
		names, ids = append(names, zone), append(ids, id)
	}
	return presource.NewPropertyMapFromMap(values{
		"id": string(p.Region), "names": names, "zoneIds": ids, "groupNames": []string{string(p.Region)},
	}), nil
}

func (p *Provider) getRegion(context.Context, resource.Properties) (resource.Properties, error) {
	return presource.NewPropertyMapFromMap(values{
		"id": string(p.Region), "name": string(p.Region), "description": string(p.Region),
		"endpoint": fmt.Sprintf("ec2.%s.amazonaws.com", p.Region),
	}), nil
}

func (p *Provider) getCallerIdentity(context.Context, resource.Properties) (resource.Properties, error) {
	return presource.NewPropertyMapFromMap(values{
		"id": naming.Account, "accountId": naming.Account, "arn": naming.CallerARN, "userId": naming.CallerID,
	}), nil
}

func (p *Provider) getPartition(context.Context, resource.Properties) (resource.Properties, error) {
	return presource.NewPropertyMapFromMap(values{
		"id": naming.Partition, "partition": naming.Partition, "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws",
	}), nil
}

// imageID returns the id of a machine image: the same for the same question, as no image ever changes here.
func (p *Provider) imageID(question string) string {
	return "ami-" + digest(string(p.Region) + question)[:17]
}

func (p *Provider) getAMI(_ context.Context, in resource.Properties) (resource.Properties, error) {
	id := p.imageID(fmt.Sprint(in.Mappable()))
	return presource.NewPropertyMapFromMap(values{
		"id": id, "imageId": id, "arn": fmt.Sprintf("arn:%s:ec2:%s::image/%s", naming.Partition, p.Region, id),
		"architecture": "x86_64", "state": "available", "virtualizationType": "hvm", "hypervisor": "xen", "imageType": "machine",
		"rootDeviceName": "/dev/xvda", "rootDeviceType": "ebs", "public": true, "enaSupport": true, "ownerId": naming.Account,
	}), nil
}

// publicImages begin the names of the parameters under which AWS publishes its machine images.
var publicImages = []string{"/aws/service/ecs/optimized-ami/", "/aws/service/ami-amazon-linux-latest/"}

func (p *Provider) getParameter(_ context.Context, in resource.Properties) (resource.Properties, error) {
	name := textOf(in, "name")
	for _, prefix := range publicImages {
		if strings.HasPrefix(name, prefix) {
			return p.imageParameter(name), nil
		}
	}
	const token = "aws:ssm/parameter:Parameter"
	r, found, err := p.records.get(token, name, nil)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("reading SSM Parameter (%s): ParameterNotFound: couldn't find resource", name)
	}
	out, err := p.records.outputs(r)
	if err == nil && !out.HasValue("value") {
		err = fmt.Errorf("the value of the parameter %s is a secret and is not kept here", name)
	}
	if err != nil {
		return nil, err
	}
	out["id"] = presource.NewProperty(name)
	return p.only("aws:ssm/getParameter:getParameter", out), nil
}

// imageParameter returns the parameter of a public image: its id, or the description that ".../recommended" holds.
func (p *Provider) imageParameter(name string) resource.Properties {
	family, wantsID := strings.CutSuffix(name, "/image_id")
	value := p.imageID(family)
	if !wantsID && strings.HasSuffix(name, "/recommended") {
		value = fmt.Sprintf(`{"image_id":%q,"os":"Amazon Linux 2023","schema_version":1}`, value)
	}
	return presource.NewPropertyMapFromMap(values{
		"id": name, "name": name, "type": "String", "value": value, "insecureValue": value, "version": 1,
		"arn": fmt.Sprintf("arn:%s:ssm:%s::parameter%s", naming.Partition, p.Region, name),
	})
}

// only returns the properties that a function answers.
func (p *Provider) only(function string, out resource.Properties) resource.Properties {
	kept := resource.Properties{}
	for k, v := range out {
		if p.Schema.Functions[function].Outputs.Properties[string(k)] != nil {
			kept[k] = v
		}
	}
	return kept
}
