// Package sandbox is the stand-in for AWS: it puts the services together behind one AWS endpoint,
// one image registry and one Pulumi provider each for aws and docker.
package sandbox

import (
	"fmt"
	"path/filepath"

	"slipway/sandbox/naming"
	"slipway/sandbox/sigv4"
)

// HealthPath answers 200 on the AWS endpoint as soon as every part of the sandbox serves.
const HealthPath = "/_sandbox/health"

// Config says where a sandbox lives and where it listens. Everything it listens on is on this machine only.
type Config struct {
	Dir    string        `json:"-"`      // the folder that holds all of its state
	ID     string        `json:"id"`     // marks its containers, so that several sandboxes share an engine
	Region naming.Region `json:"region"` // the one region it stands in
	// Speed divides every wait that AWS counts in seconds: health check intervals, draining, back-off.
	Speed int   `json:"speed"`
	Ports Ports `json:"ports"`
	// StateKey is the ARN of the KMS key that encrypts Pulumi's state and its secrets; the sandbox makes it.
	StateKey string `json:"stateKey"`
	// Key is the access key of the sandbox's user, random and in a file of its own.
	Key sigv4.Root `json:"-"`
}

// Ports are TCP ports on 127.0.0.1. 0 takes any free one, which is then kept.
type Ports struct {
	API            int `json:"api"`            // the AWS endpoint
	Registry       int `json:"registry"`       // ECR's registry
	AWSProvider    int `json:"awsProvider"`    // Pulumi's provider for aws, gRPC
	DockerProvider int `json:"dockerProvider"` // Pulumi's provider for docker, gRPC
	LoadBalancers  int `json:"loadBalancers"`  // the first of a load balancer; the next ones count up
}

// Defaults returns the configuration of a sandbox in dir for somebody who has no wishes.
func Defaults(dir string) Config {
	return Config{
		Dir:    dir,
		Region: "us-east-1",
		Speed:  10,
		Ports:  Ports{API: 4500, Registry: 4501, AWSProvider: 4502, DockerProvider: 4503, LoadBalancers: 8080},
	}
}

// Endpoint is the URL of the AWS endpoint.
func (c Config) Endpoint() string { return fmt.Sprintf("http://127.0.0.1:%d", c.Ports.API) }

func (c Config) secretFile() string    { return filepath.Join(c.Dir, "seal.key") }
func (c Config) authorityFile() string { return filepath.Join(c.Dir, "authority.pem") }
func (c Config) stateFile() string     { return filepath.Join(c.Dir, "state.db") }
func (c Config) registryDir() string   { return filepath.Join(c.Dir, "registry") }
func (c Config) topicsDir() string     { return filepath.Join(c.Dir, "topics") }
func (c Config) logsDir() string       { return filepath.Join(c.Dir, "logs") }
func (c Config) objectsDir() string    { return filepath.Join(c.Dir, "objects") }
func (c Config) gitDir() string        { return filepath.Join(c.Dir, "git") }

// ParseRegion returns the region with this name, or an error when it does not have the form of one.
func ParseRegion(name string) (naming.Region, error) {
	return naming.Region(name), naming.CheckRegion(name)
}
