package provider

import (
	"strings"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

var computeForms = map[string]form{
	"aws:ec2/launchTemplate:LaunchTemplate": {
		id: id("lt"),
		outputs: func(o *operation) values {
			return o.ec2("launch-template", values{"name": o.name(), "latestVersion": 1, "defaultVersion": 1})
		},
		updated: func(o *operation, olds resource.Properties) values {
			v := values{"latestVersion": numberOf(olds, "latestVersion") + 1}
			if update := o.plain["updateDefaultVersion"]; update.IsBool() && update.BoolValue() {
				v["defaultVersion"] = v["latestVersion"]
			}
			return v
		},
	},
	"aws:ec2/instance:Instance": {outputs: instance},
	"aws:ebs/volume:Volume": {id: id("vol"), outputs: func(o *operation) values {
		return o.ec2("volume", values{"type": "gp2", "iops": 100})
	}},
	"aws:ec2/volumeAttachment:VolumeAttachment": {id: func(*operation) string { return "vai-" + digits() }},
}

func instance(o *operation) values {
	subnet := o.text("subnetId")
	zone := textOf(o.other("aws:ec2/subnet:Subnet", subnet), "availabilityZone")
	if zone == "" {
		zone = o.zones()[0]
	}
	private := o.addressIn(subnet)
	v := values{
		"availabilityZone": o.or("availabilityZone", zone), "instanceState": "running", "tenancy": "default",
		"primaryNetworkInterfaceId": naming.ID("eni"), "privateIp": private, "cpuCoreCount": 1, "cpuThreadsPerCore": 2,
		"instanceInitiatedShutdownBehavior": "stop", "sourceDestCheck": true,
	}
	if private != "" {
		v["privateDns"] = "ip-" + strings.ReplaceAll(private, ".", "-") + ".ec2.internal"
	}
	if public := o.plain["associatePublicIpAddress"]; public.IsBool() && public.BoolValue() {
		ip := publicAddress()
		v["publicIp"], v["publicDns"] = ip, o.publicDNS(ip)
	}
	return o.ec2("instance", v)
}

func numberOf(p resource.Properties, name string) float64 {
	for k, v := range p {
		if string(k) == name && v.IsNumber() {
			return v.NumberValue()
		}
	}
	return 0
}
