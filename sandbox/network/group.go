package network

import (
	"net/netip"
	"slices"
)

// group is a security group. What it does not allow is dropped.
type group struct {
	ingress, egress []permission
}

// permission is a rule of a security group.
type permission struct {
	protocol    string // tcp, 6, -1 for all
	from, to    int
	blocks      []netip.Prefix
	groups      []string
	prefixLists []string
}

// opens reports whether the rule is about a port of TCP.
func (p permission) opens(port int) bool {
	switch p.protocol {
	case "-1", "all":
		return true
	case "tcp", "6":
		return p.from <= port && port <= p.to
	}
	return false
}

// inline is a rule as it stands inside of a group.
type inline struct {
	Protocol    string   `json:"protocol"`
	From        int      `json:"fromPort"`
	To          int      `json:"toPort"`
	Blocks      []string `json:"cidrBlocks"`
	PrefixLists []string `json:"prefixListIds"`
	Groups      []string `json:"securityGroups"`
	Self        bool     `json:"self"`
}

func (r inline) permission(self string) permission {
	p := permission{
		protocol: r.Protocol, from: r.From, to: r.To, blocks: prefixes(r.Blocks...),
		groups: slices.Clone(r.Groups), prefixLists: r.PrefixLists,
	}
	if r.Self {
		p.groups = append(p.groups, self)
	}
	return p
}

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		if p, err := netip.ParsePrefix(text); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// readGroups reads the groups with the rules inside of them. The default group of a VPC lets its members reach each other
// and everything else, until a stack adopts it: the provider takes its rules away, as it does the rule for everything that
// EC2 gives to a new group (Pulumi registry, aws.ec2.SecurityGroup and aws.ec2.DefaultSecurityGroup, November 2026).
func (g *graph) readGroups(n *Network) error {
	for _, v := range g.vpcs {
		everything := permission{protocol: "-1", blocks: prefixes("0.0.0.0/0")}
		g.groups[v.Group] = &group{ingress: []permission{{protocol: "-1", groups: []string{v.Group}}}, egress: []permission{everything}}
	}
	for _, token := range []string{"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "aws:ec2/securityGroup:SecurityGroup"} {
		groups, err := all[struct {
			ID      string   `json:"id"`
			Ingress []inline `json:"ingress"`
			Egress  []inline `json:"egress"`
		}](n, token)
		if err != nil {
			return err
		}
		for _, one := range groups {
			own := &group{}
			for _, r := range one.Ingress {
				own.ingress = append(own.ingress, r.permission(one.ID))
			}
			for _, r := range one.Egress {
				own.egress = append(own.egress, r.permission(one.ID))
			}
			g.groups[one.ID] = own
		}
	}
	return nil
}

// readRules reads the rules that are resources of their own.
func (g *graph) readRules(n *Network) error {
	for token, egress := range map[string]bool{
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": false,
		"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   true,
	} {
		rules, err := all[struct {
			Group      string `json:"securityGroupId"`
			Protocol   string `json:"ipProtocol"`
			From       int    `json:"fromPort"`
			To         int    `json:"toPort"`
			Block      string `json:"cidrIpv4"`
			PrefixList string `json:"prefixListId"`
			Other      string `json:"referencedSecurityGroupId"`
		}](n, token)
		if err != nil {
			return err
		}
		for _, r := range rules {
			g.add(r.Group, egress, permission{
				protocol: r.Protocol, from: r.From, to: r.To, blocks: prefixes(r.Block),
				groups: []string{r.Other}, prefixLists: []string{r.PrefixList},
			})
		}
	}
	return nil
}

func (g *graph) add(id string, egress bool, p permission) {
	own := g.groups[id]
	switch {
	case own == nil: // a rule whose group is gone
	case egress:
		own.egress = append(own.egress, p)
	default:
		own.ingress = append(own.ingress, p)
	}
}

// groupsOf are the ids of the security groups of a place.
func (g *graph) groupsOf(p Place) []string {
	if len(p.Groups) > 0 {
		return p.Groups
	}
	if own := g.vpcs[g.vpcOf(p)].Group; own != "" {
		return []string{own}
	}
	return nil
}

// allows reports whether one of a place's groups has a rule of this direction for a port that fits.
func (g *graph) allows(p Place, egress bool, port int, fits func(permission) bool) bool {
	return slices.ContainsFunc(g.groupsOf(p), func(id string) bool {
		own := g.groups[id]
		if own == nil {
			return false
		}
		rules := own.ingress
		if egress {
			rules = own.egress
		}
		return slices.ContainsFunc(rules, func(r permission) bool { return r.opens(port) && fits(r) })
	})
}

// about makes a check whether a rule is about a place: it names one of its groups, or all addresses that it may have.
func (g *graph) about(p Place) func(permission) bool {
	groups, blocks := g.groupsOf(p), g.blocks(p)
	return func(r permission) bool {
		named := slices.ContainsFunc(r.groups, func(id string) bool { return id != "" && slices.Contains(groups, id) })
		return named || len(blocks) > 0 && !slices.ContainsFunc(blocks, func(b netip.Prefix) bool { return !covered(b, r.blocks) })
	}
}

func covered(inner netip.Prefix, by []netip.Prefix) bool {
	return slices.ContainsFunc(by, func(outer netip.Prefix) bool {
		return inner.IsValid() && outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
	})
}

// private are the addresses that nothing on the internet has (RFC 1918, RFC 6598).
var private = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16")

// public reports whether a rule is about addresses of the internet. Nobody here knows what a prefix list has.
func public(r permission) bool {
	return slices.ContainsFunc(r.blocks, func(b netip.Prefix) bool { return !covered(b, private) }) ||
		slices.ContainsFunc(r.prefixLists, func(id string) bool { return id != "" })
}

func somewhere(r permission) bool {
	return len(r.blocks) > 0 || slices.ContainsFunc(append(r.groups, r.prefixLists...), func(id string) bool { return id != "" })
}
