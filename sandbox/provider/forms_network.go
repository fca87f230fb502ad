package provider

import (
	"fmt"
	"hash/crc32"
	"strings"

	"slipway/sandbox/naming"
)

// dhcpOptions is the one set of DHCP options that an account has by default.
const dhcpOptions = "dopt-0a1b2c3d4e5f60718"

var networkForms = map[string]form{
	"aws:ec2/vpc:Vpc": {id: id("vpc"), outputs: func(o *operation) values {
		table := naming.ID("rtb")
		return o.ec2("vpc", values{
			"defaultNetworkAclId": naming.ID("acl"), "defaultSecurityGroupId": naming.ID("sg"),
			"defaultRouteTableId": table, "mainRouteTableId": table, "dhcpOptionsId": dhcpOptions,
			"enableDnsSupport": true, "instanceTenancy": "default",
		})
	}},
	"aws:ec2/subnet:Subnet": {id: id("subnet"), outputs: func(o *operation) values {
		zone := o.or("availabilityZone", o.zones()[0])
		return o.ec2("subnet", values{
			"availabilityZone": zone, "availabilityZoneId": o.zoneID(zone), "privateDnsHostnameTypeOnLaunch": "ip-name",
		})
	}},
	"aws:ec2/routeTable:RouteTable": {id: id("rtb"), outputs: func(o *operation) values {
		return o.ec2("route-table", values{})
	}},
	"aws:ec2/route:Route": {
		id: func(o *operation) string {
			target := o.text("destinationCidrBlock") + o.text("destinationIpv6CidrBlock") + o.text("destinationPrefixListId")
			return fmt.Sprintf("r-%s%d", o.text("routeTableId"), crc32.ChecksumIEEE([]byte(target)))
		},
		outputs: func(*operation) values { return values{"origin": "CreateRoute", "state": "active"} },
	},
	"aws:ec2/routeTableAssociation:RouteTableAssociation": {id: id("rtbassoc")},
	"aws:ec2/vpcEndpoint:VpcEndpoint": {id: id("vpce"), outputs: func(o *operation) values {
		kind := o.or("vpcEndpointType", "Gateway")
		return o.ec2("vpc-endpoint", endpoint(kind))
	}},
}

// endpoint returns the outputs that differ between the kinds of VPC endpoints.
func endpoint(kind string) values {
	v := values{"state": "available", "vpcEndpointType": kind, "ipAddressType": "ipv4"}
	if kind == "Gateway" {
		v["prefixListId"] = "pl-" + naming.Hex(8)
		v["policy"] = `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}`
		v["ipAddressType"] = ""
	}
	return v
}

// ec2 adds the ARN and the owner, which nearly every type of EC2 has.
func (o *operation) ec2(kind string, v values) values {
	v["arn"] = o.Region.ARN("ec2", kind+"/"+o.id)
	v["ownerId"] = naming.Account
	return v
}

// zones are the availability zones of the region.
func (p *Provider) zones() []string {
	r := string(p.Region)
	return []string{r + "a", r + "b", r + "c"}
}

// zoneID returns the zone's id in AWS's form: us-east-1a is use1-az1.
func (p *Provider) zoneID(zone string) string {
	letter := strings.TrimPrefix(zone, string(p.Region))
	if len(letter) != 1 {
		return ""
	}
	parts := strings.Split(string(p.Region), "-")
	short := parts[0]
	for _, part := range parts[1:] {
		short += part[:1]
	}
	return fmt.Sprintf("%s-az%d", short, letter[0]-'a'+1)
}
