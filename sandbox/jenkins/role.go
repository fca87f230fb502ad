package jenkins

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"slipway/sandbox/jenkins/metadata"
	"slipway/sandbox/local"
	"slipway/sandbox/naming"
)

// metadataPort is where a host's metadata service listens on its own address: port 80 is not for everybody.
const metadataPort = 1338

// hostName is what the host calls itself, whichever instance it is.
const hostName = "slipway-jenkins"

// Roles are the roles of instance profiles.
type Roles interface {
	// Role returns the role that an instance has by its profile, false when the profile has none.
	Role(profile, instance string) (metadata.Role, bool, error)
}

// service is the host's metadata service on its port.
type service struct {
	url  string
	http *http.Server
}

// openMetadata opens the metadata service: everything else on the host gets its credentials there.
func (h *host) openMetadata(context.Context) error {
	at := net.JoinHostPort(h.Address, strconv.Itoa(metadataPort))
	l, err := local.Listen(at, h.options.Log)
	if err != nil {
		return fmt.Errorf("opening the metadata service: %w", err)
	}
	s := &http.Server{
		ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0),
		Handler: addressed(at, metadata.New(metadata.Options{Instance: h.identity(), Role: h.role, Clock: h.options.Clock})),
	}
	go func() { _ = s.Serve(l) }() // ends when it is closed
	h.metadata = service{"http://" + at, s}
	return nil
}

// addressed refuses requests that name another host: a page in a browser may have made them.
func addressed(at string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != at {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s service) close() {
	if s.http != nil {
		_ = s.http.Close()
	}
}

func (h *host) identity() metadata.Instance {
	architecture := map[string]string{"arm64": "arm64"}[runtime.GOARCH]
	if architecture == "" {
		architecture = "x86_64"
	}
	zone := h.Zone
	if zone == "" {
		zone = string(h.region) + "a"
	}
	return metadata.Instance{
		ID: h.ID, Type: h.Type, Image: h.Image, Account: naming.Account, Region: string(h.region), Zone: zone,
		Architecture: architecture, PrivateIP: h.Address, Launched: h.Launched.UTC(), HostName: hostName,
		Profile: naming.GlobalARN("iam", "instance-profile/"+h.Profile), Optional: h.Tokens == "optional",
	}
}

func (h *host) role(context.Context) (metadata.Role, bool, error) {
	if h.Profile == "" || h.options.Roles == nil {
		return metadata.Role{}, false, nil
	}
	return h.options.Roles.Role(h.Profile, h.ID)
}

// authorized returns an error on a host that has no credentials: what it does on AWS, it does by its role.
func (h *host) authorized(ctx context.Context) error {
	_, has, err := h.role(ctx)
	if err == nil && !has {
		err = errors.New("no credentials: the instance has no profile with a role")
	}
	return err
}
