package ecs

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"

	"slipway/sandbox/naming"
)

// mostEvents is how many events ECS shows of a service.
const mostEvents = 100

// say adds an event to a service, newest first.
func (s *Service) say(v *service, format string, args ...any) {
	text := fmt.Sprintf("(service %s) ", v.ServiceName) + fmt.Sprintf(format, args...)
	v.Events = append([]event{{ID: naming.UUID(), CreatedAt: s.now(), Message: text}}, v.Events...)
	v.Events = v.Events[:min(len(v.Events), mostEvents)]
}

// listed is how ECS lists tasks in an event.
func listed(ids []string) string {
	return "(task " + strings.Join(ids, ") (task ") + ")"
}

// digits returns a random number of 19 digits, as a deployment's id has.
func digits() string {
	span := new(big.Int).SetUint64(8_000_000_000_000_000_000)
	n, _ := rand.Int(rand.Reader, span)
	return n.Add(n, new(big.Int).SetUint64(1_000_000_000_000_000_000)).String()
}
