package network

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
)

// Fleet are the container instances of a cluster: those of an Auto Scaling group whose user data names it.
type Fleet struct {
	// Type is that of its instances ("t3.small").
	Type string
	// Most is how many instances there may be.
	Most int
	// Size is what one of them has; zero for a type that is not known here.
	Size Size
	// Place is where they stand.
	Place Place
}

type fleet struct {
	Fleet
	cluster string
}

// Fleet returns the container instances of a cluster, and false when nothing declares any. An error says why instances
// cannot join it.
func (n *Network) Fleet(cluster string) (Fleet, bool, error) {
	g, err := n.current()
	if err != nil {
		return Fleet{}, false, err
	}
	i := slices.IndexFunc(g.fleets, func(f fleet) bool { return f.cluster == cluster && f.Most > 0 })
	if i < 0 {
		return Fleet{}, false, nil
	}
	found := g.fleets[i].Fleet
	if err := g.call(found.Place, "ecs"); err != nil {
		return found, true, fmt.Errorf("its instances do not reach ECS: %w", err)
	}
	return found, true, nil
}

type scalingGroup struct {
	Subnets  []string `json:"vpcZoneIdentifiers"`
	Most     int      `json:"maxSize"`
	Template struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"launchTemplate"`
}

type template struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Type       string   `json:"instanceType"`
	UserData   string   `json:"userData"`
	Groups     []string `json:"vpcSecurityGroupIds"`
	Interfaces []struct {
		Public string   `json:"associatePublicIpAddress"`
		Groups []string `json:"securityGroups"`
	} `json:"networkInterfaces"`
}

func (g *graph) readFleets(n *Network) error {
	groups, err := all[scalingGroup](n, "aws:autoscaling/group:Group")
	if err != nil {
		return err
	}
	templates, err := all[template](n, "aws:ec2/launchTemplate:LaunchTemplate")
	if err != nil {
		return err
	}
	for _, group := range groups {
		i := slices.IndexFunc(templates, func(t template) bool {
			return t.ID == group.Template.ID || group.Template.Name != "" && t.Name == group.Template.Name
		})
		if i >= 0 {
			f := templates[i].fleet(group)
			f.Place.Public = f.Place.Public || !templates[i].saysAddress() && g.addressed(group.Subnets)
			g.fleets = append(g.fleets, f)
		}
	}
	return nil
}

func (t template) fleet(group scalingGroup) fleet {
	f := fleet{cluster: clusterIn(t.UserData), Fleet: Fleet{Type: t.Type, Most: group.Most}}
	f.Size, _ = SizeOf(t.Type)
	f.Place = Place{Subnets: group.Subnets, Groups: t.Groups}
	for _, one := range t.Interfaces {
		f.Place.Groups = append(f.Place.Groups, one.Groups...)
		f.Place.Public = f.Place.Public || one.Public == "true"
	}
	return f
}

// addressed reports whether all subnets give a public address to what does not say otherwise.
func (g *graph) addressed(subnets []string) bool {
	return !slices.ContainsFunc(subnets, func(id string) bool { return !g.subnets[id].MapsPublic })
}

// saysAddress reports whether the template itself decides about a public address.
func (t template) saysAddress() bool {
	return len(t.Interfaces) > 0 && t.Interfaces[0].Public != ""
}

// clusterLine is how user data configures the ECS agent.
var clusterLine = regexp.MustCompile(`(?m)\bECS_CLUSTER=["']?([A-Za-z0-9_-]+)`)

// clusterIn is the cluster that instances with this user data join; without one it is "default" (Amazon ECS developer
// guide, "Amazon ECS container agent configuration", November 2026).
func clusterIn(userData string) string {
	text, err := base64.StdEncoding.DecodeString(userData)
	if err != nil {
		return ""
	}
	if found := clusterLine.FindSubmatch(text); found != nil {
		return string(found[1])
	}
	return "default"
}
