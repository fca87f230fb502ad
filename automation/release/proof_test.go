package release

import (
	"testing"
)

func TestProof(t *testing.T) {
	good := func() Proof {
		return Proof{
			Requested: newImage.Digest, Commit: newCommit, Basis: BasisVersion, Accepted: "200", Running: []Running{{"a", newImage.Digest}}, Targets: Targets{Tasks: 1, Healthy: 1},
			Served: []Served{{Status: 200, Commit: newCommit, Digest: newImage.Digest}},
		}
	}
	tests := []struct {
		name string
		edit func(p *Proof)
		want bool
	}{
		{"all agree", func(p *Proof) {}, true},
		{"no task", func(p *Proof) { p.Running = nil }, false},
		{"one task of another image", func(p *Proof) { p.Running = append(p.Running, Running{"b", oldImage.Digest}) }, false},
		{"a task without a digest", func(p *Proof) { p.Running[0].Digest = "" }, false},
		{"fewer targets than tasks", func(p *Proof) { p.Targets.Tasks = 2 }, false},
		{"no load balancer", func(p *Proof) { p.Targets = Targets{Tasks: 1, Unasked: true} }, true},
		{"not asked", func(p *Proof) { p.Served = nil }, false},
		{"an app that names nothing, asked for its health", func(p *Proof) { p.Basis, p.Served[0] = BasisHealth, Served{Status: 200} }, true},
		{"a status that its health check accepts", func(p *Proof) { p.Basis, p.Accepted, p.Served[0] = BasisHealth, "200-299,302", Served{Status: 302} }, true},
		{"a status that its health check does not accept", func(p *Proof) { p.Basis, p.Accepted, p.Served[0] = BasisHealth, "200-299,302", Served{Status: 301} }, false},
		{"health asked for and not answered", func(p *Proof) { p.Basis, p.Served = BasisHealth, nil }, false},
		{"one answer of many is not well", func(p *Proof) {
			p.Basis, p.Served = BasisHealth, []Served{{Status: 200}, {Status: 200, Error: "unexpected EOF"}}
		}, false},
		{"health, and one task of another image", func(p *Proof) {
			p.Basis, p.Running = BasisHealth, append(p.Running, Running{"b", oldImage.Digest})
		}, false},
		{"another commit answers once", func(p *Proof) { p.Served = append(p.Served, Served{Status: 200, Commit: oldCommit}) }, false},
		{"answer names nothing", func(p *Proof) { p.Served[0] = Served{Status: 200} }, false},
		{"answer with an error status", func(p *Proof) { p.Served[0].Status = 503 }, false},
		{"answer names the commit only", func(p *Proof) { p.Served[0].Digest = "" }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := good()
			tt.edit(&p)
			p = p.weigh()
			if p.True() != tt.want {
				t.Errorf("true is %v, want %v: %+v", p.True(), tt.want, p)
			}
			if tt.want == (len(p.Doubts()) > 0) {
				t.Errorf("doubts %q", p.Doubts())
			}
		})
	}
}
