// Package jenkins runs the Jenkins hosts of a sandbox: instances whose user data installs a Jenkins and Slipway's
// worker. A host is a folder with the files that its user data writes, a loopback address that stands for its own
// network, a small Jenkins that reads the very files, and the worker as a process.
//
// Of the user data only write_files is done. What its commands do on a real host is done here by the service itself:
// the secrets, the installed binary, the seeded jobs, the start of both services.
package jenkins

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/guard"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
	"slipway/sandbox/store"
)

// Objects are what the hosts download, and where they say how their boot goes.
type Objects interface {
	// Get opens an object and returns its size in bytes.
	Get(ctx context.Context, bucket, key string) (io.ReadCloser, int64, error)
	// Put writes an object.
	Put(ctx context.Context, bucket, key string, content io.Reader) error
}

// Parameters are the secrets that hosts share with people.
type Parameters interface {
	// Value returns the decrypted value of a parameter, and whether there is one.
	Value(ctx context.Context, name string) (value string, found bool, err error)
	// Create makes a SecureString. One that exists is an error.
	Create(ctx context.Context, name, value string) error
}

// Options says what the hosts have around them.
type Options struct {
	Dir        string // hosts/<instance id> and volumes/<volume id> are made in it
	Objects    Objects
	Parameters Parameters
	Roles      Roles           // nil: no host has one
	Env        func() []string // KEY=value that builds and workers get besides; wins over the hosts' own files
	WorkerEnv  []string        // the same for the workers alone; wins over Env
	Path       string          // PATH, behind the host's own /usr/local/bin
	StopGrace  time.Duration   // from SIGTERM to SIGKILL of a stopped build; 0 means 2 minutes
	MaxBuild   time.Duration   // a build that takes longer is stopped; 0 means 2 hours
	MaxBoot    time.Duration   // how long a host waits for its data volume; 0 means 10 minutes
	Clock      clockwork.Clock // nil means the real one
	Log        *slog.Logger    // nil discards
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		at *time.Duration
		to time.Duration
	}{{&o.StopGrace, 2 * time.Minute}, {&o.MaxBuild, 2 * time.Hour}, {&o.MaxBoot, 10 * time.Minute}} {
		if *d.at == 0 {
			*d.at = d.to
		}
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Service runs the Jenkins hosts, with their volumes and addresses.
type Service struct {
	options Options
	region  naming.Region

	instances    *store.Table[instance]
	addresses    *store.Table[address]
	associations *store.Table[association]
	volumes      *store.Table[volume]
	attachments  *store.Table[attachment]

	mu    sync.Mutex // guards the tables together, and hosts
	hosts map[string]*host
	wake  chan struct{} // capacity 1: hosts to start
}

// New returns the service over the state in st. Nothing runs before Run.
func New(st *store.Store, region naming.Region, o Options) (*Service, error) {
	s := &Service{options: o.withDefaults(), region: region, hosts: map[string]*host{}, wake: make(chan struct{}, 1)}
	var err error
	if s.options.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, err
	}
	if s.instances, err = store.NewTable[instance](st, "jenkins-instances"); err != nil {
		return nil, err
	}
	if s.addresses, err = store.NewTable[address](st, "jenkins-addresses"); err != nil {
		return nil, err
	}
	if s.associations, err = store.NewTable[association](st, "jenkins-associations"); err != nil {
		return nil, err
	}
	if s.volumes, err = store.NewTable[volume](st, "jenkins-volumes"); err != nil {
		return nil, err
	}
	s.attachments, err = store.NewTable[attachment](st, "jenkins-attachments")
	return s, err
}

// Behaviours are the Pulumi resource types that a Jenkins host is made of.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{
		"aws:ec2/instance:Instance":                 instanceBehaviour{s},
		"aws:ec2/eip:Eip":                           addressBehaviour{s},
		"aws:ec2/eipAssociation:EipAssociation":     associationBehaviour{s},
		"aws:ec2/volumeAttachment:VolumeAttachment": attachmentBehaviour{s},
		"aws:ebs/volume:Volume":                     volumeBehaviour{s},
	}
}

// Run starts the hosts that were there, and those that come, until ctx ends; then it stops them.
func (s *Service) Run(ctx context.Context) error {
	if err := s.restore(); err != nil {
		return err
	}
	var running sync.WaitGroup
	defer running.Wait()
	for {
		s.mu.Lock()
		for _, h := range s.hosts {
			if h.stop == nil {
				var own context.Context
				own, h.stop = context.WithCancel(ctx)
				running.Go(func() { _ = guard.Do(s.options.Log, "the host "+h.ID, func() { h.run(own) }) })
			}
		}
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		}
	}
}

func (s *Service) restore() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.instances.All()
	for _, i := range all {
		if s.hosts[i.ID] == nil {
			s.hosts[i.ID] = newHost(s, i)
		}
	}
	return err
}

// launch puts a host where Run finds it. The caller holds the lock.
func (s *Service) launch(i instance) {
	s.hosts[i.ID] = newHost(s, i)
	nudge(s.wake)
}

// halt stops a host and returns when nothing of it runs any more. Its record stays.
func (s *Service) halt(id string) {
	s.mu.Lock()
	h := s.hosts[id]
	delete(s.hosts, id)
	s.mu.Unlock()
	if h != nil && h.stop != nil {
		h.stop()
		<-h.done
	}
}

// restart stops a host and starts it again, as a machine that is switched off and on.
func (s *Service) restart(id string) error {
	s.halt(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	i, found, err := s.instances.Get(id)
	if err == nil && found {
		s.launch(i)
	}
	return err
}

// tell makes a host look again at its volumes and addresses.
func (s *Service) tell(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.hosts[id]; h != nil {
		nudge(h.wake)
	}
}

// nudge wakes the reader of a channel of capacity 1, once for any number of nudges.
func nudge(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}
