package ecs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// metadataPort is the key under which the endpoint's address is kept: containers that run on were told it.
const metadataPort = "port"

// listenMetadata opens the endpoint on the Docker network's gateway, where it was before if there was one.
func (s *Service) listenMetadata(ctx context.Context, gateway string) (net.Listener, error) {
	port, _, err := s.tables.metadata.Get(metadataPort)
	if err != nil {
		return nil, err
	}
	if port == "" {
		port = "0"
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", net.JoinHostPort(gateway, port))
	if err != nil {
		return nil, fmt.Errorf("opening the task metadata endpoint: %w", err)
	}
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.metadata = l.Addr().String()
	s.mu.Unlock()
	return l, s.tables.metadata.Put(metadataPort, port)
}

func (s *Service) serveMetadata(ctx context.Context, l net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v4/{id}", s.answerContainer)
	mux.HandleFunc("GET /v4/{id}/task", s.answerTask)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// metadataURI is the value of ECS_CONTAINER_METADATA_URI_V4 in a container.
func (s *Service) metadataURI(t *task, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return "http://" + s.metadata + "/v4/" + t.Internal.MetadataIDs[t.index(name)]
}

// taskMetadata and containerMetadata are answers of version 4 of the task metadata endpoint.
type taskMetadata struct {
	Cluster          string
	TaskARN          string
	Family           string
	Revision         string
	ServiceName      string
	DesiredStatus    string
	KnownStatus      string
	PullStartedAt    *time.Time `json:",omitempty"`
	PullStoppedAt    *time.Time `json:",omitempty"`
	AvailabilityZone string
	LaunchType       string
	Containers       []containerMetadata
}

type containerMetadata struct {
	DockerID      string `json:"DockerId"`
	DockerName    string
	Name          string
	Image         string
	ImageID       string
	Labels        map[string]string
	DesiredStatus string
	KnownStatus   string
	Type          string
	ContainerARN  string
	Networks      []networkMetadata
}

type networkMetadata struct {
	NetworkMode   string
	IPv4Addresses []string
}

func (s *Service) answerTask(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, _ := s.metadataTask(r.PathValue("id"))
	if t == nil {
		http.NotFound(w, r)
		return
	}
	def := s.definitions[t.Internal.Definition]
	m := taskMetadata{
		Cluster: t.ClusterARN, TaskARN: t.TaskARN, Family: def.Family, Revision: fmt.Sprint(def.Revision),
		ServiceName: lastPart(t.Internal.Service), DesiredStatus: t.DesiredStatus, KnownStatus: t.LastStatus,
		AvailabilityZone: string(s.Region) + "a", LaunchType: t.LaunchType,
	}
	if t.PullStartedAt != nil && t.PullStoppedAt != nil {
		m.PullStartedAt, m.PullStoppedAt = &t.PullStartedAt.Time, &t.PullStoppedAt.Time
	}
	for i := range t.Containers {
		m.Containers = append(m.Containers, s.containerMetadata(t, i))
	}
	answer(w, m)
}

func (s *Service) answerContainer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, i := s.metadataTask(r.PathValue("id"))
	if t == nil {
		http.NotFound(w, r)
		return
	}
	answer(w, s.containerMetadata(t, i))
}

func (s *Service) containerMetadata(t *task, i int) containerMetadata {
	def, c := s.definitions[t.Internal.Definition], t.Containers[i]
	m := containerMetadata{
		DockerID: c.RuntimeID, DockerName: dockerName(t, def.ContainerDefinitions[i]), Name: c.Name,
		Image: c.Image, ImageID: t.Internal.ImageIDs[i], Labels: def.ContainerDefinitions[i].DockerLabels,
		DesiredStatus: t.DesiredStatus, KnownStatus: c.LastStatus, Type: "NORMAL", ContainerARN: c.ContainerARN,
	}
	for _, n := range c.Interfaces {
		m.Networks = append(m.Networks, networkMetadata{def.NetworkMode, []string{n.Address}})
	}
	return m
}

// metadataTask finds the task and the index of the container that an id was given to.
func (s *Service) metadataTask(id string) (*task, int) {
	for _, t := range s.tasks {
		for i, own := range t.Internal.MetadataIDs {
			if own == id && !t.stopped() {
				return t, i
			}
		}
	}
	return nil, 0
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the container has gone away; nobody is left to tell
}
