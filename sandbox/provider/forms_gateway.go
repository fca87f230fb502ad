package provider

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"

	"slipway/sandbox/naming"
)

var gatewayForms = map[string]form{
	"aws:ec2/internetGateway:InternetGateway": {id: id("igw"), outputs: func(o *operation) values {
		return o.ec2("internet-gateway", values{})
	}},
	"aws:ec2/natGateway:NatGateway": {id: id("nat"), outputs: func(o *operation) values {
		return values{
			"associationId": naming.ID("eipassoc"), "networkInterfaceId": naming.ID("eni"), "connectivityType": "public",
			"privateIp": o.addressIn(o.text("subnetId")),
			"publicIp":  textOf(o.other("aws:ec2/eip:Eip", o.text("allocationId")), "publicIp"),
		}
	}},
	"aws:ec2/eip:Eip": {id: id("eipalloc"), outputs: func(o *operation) values {
		ip := publicAddress()
		return values{
			"allocationId": o.id, "arn": o.Region.ARN("ec2", "elastic-ip/"+o.id), "domain": "vpc", "vpc": true,
			"publicIp": ip, "publicDns": o.publicDNS(ip), "publicIpv4Pool": "amazon", "networkBorderGroup": string(o.Region),
		}
	}},
	"aws:ec2/eipAssociation:EipAssociation": {id: id("eipassoc"), outputs: func(o *operation) values {
		return values{"publicIp": textOf(o.other("aws:ec2/eip:Eip", o.text("allocationId")), "publicIp")}
	}},
}

// publicAddress returns an address of 198.18.0.0/15, which no network routes (RFC 2544).
func publicAddress() string {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], 198<<24|18<<16|rand.Uint32N(1<<17-2)+1)
	return netip.AddrFrom4(b).String()
}

func (p *Provider) publicDNS(ip string) string {
	domain := string(p.Region) + ".compute"
	if p.Region == "us-east-1" {
		domain = "compute-1"
	}
	return fmt.Sprintf("ec2-%s.%s.amazonaws.com", strings.ReplaceAll(ip, ".", "-"), domain)
}

// addressIn returns a free-looking address of a subnet: AWS keeps the first four and the last.
func (o *operation) addressIn(subnet string) string {
	block, err := netip.ParsePrefix(textOf(o.other("aws:ec2/subnet:Subnet", subnet), "cidrBlock"))
	if err != nil || !block.Addr().Is4() || block.Bits() > 28 || block.Bits() < 8 {
		return ""
	}
	base := block.Masked().Addr().As4()
	n := binary.BigEndian.Uint32(base[:]) + 4 + rand.Uint32N(1<<(32-block.Bits())-5)
	binary.BigEndian.PutUint32(base[:], n)
	return netip.AddrFrom4(base).String()
}
