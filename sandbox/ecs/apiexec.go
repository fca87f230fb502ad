package ecs

import (
	"context"
	"time"

	"github.com/google/shlex"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

type executeInput struct {
	Cluster     string `json:"cluster"`
	Container   string `json:"container"`
	Command     string `json:"command"`
	Interactive bool   `json:"interactive"`
	Task        string `json:"task"`
}

type executeOutput struct {
	ClusterARN    string  `json:"clusterArn"`
	ContainerARN  string  `json:"containerArn"`
	ContainerName string  `json:"containerName"`
	Interactive   bool    `json:"interactive"`
	Session       session `json:"session"`
	TaskARN       string  `json:"taskArn"`
}

type session struct {
	ID    string `json:"sessionId"`
	URL   string `json:"streamUrl"`
	Token string `json:"tokenValue"`
}

// granted is a session that was opened and that nobody has connected to.
type granted struct {
	id, container string
	command       []string
	until         time.Time
}

// connectWithin is how long the token of a session is good for.
const connectWithin = time.Minute

// execute opens a session to a command in a container. Who has its token connects to its stream; see channels.
func (s *Service) execute(_ context.Context, in executeInput) (out executeOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return out, err
	}
	t := s.tasks[lastPart(in.Task)]
	if t == nil || t.ClusterARN != c.ClusterARN {
		return out, awsapi.Errorf("InvalidParameterException", "The referenced task was not found.")
	}
	i := t.index(in.Container)
	if in.Container == "" && len(t.Containers) == 1 {
		i = 0
	}
	words, wrong := shlex.Split(in.Command)
	switch {
	case !in.Interactive:
		return out, invalid("Interactive is the only mode supported currently.")
	case wrong != nil || len(words) == 0:
		return out, invalid("Command can not be blank, and has to be closed where it is quoted.")
	case i < 0:
		return out, invalid("The container %s does not exist in the task, or the task has several and none was named.", in.Container)
	case !t.ExecuteCommand:
		return out, invalid("The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. " +
			"Wait and try again or run a new task with execute command enabled and try again.")
	case !t.running() || t.Containers[i].LastStatus != "RUNNING":
		return out, awsapi.Errorf("TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.")
	case s.channels == "":
		return out, awsapi.Errorf("ServerException", "The sandbox starts.")
	}
	for token, g := range s.granted {
		if s.Clock.Now().After(g.until) {
			delete(s.granted, token)
		}
	}
	id, token := "ecs-execute-command-"+naming.Hex(17), naming.Hex(64)
	s.granted[token] = granted{id: id, container: t.Containers[i].RuntimeID, command: words, until: s.Clock.Now().Add(connectWithin)}
	return executeOutput{
		ClusterARN: c.ClusterARN, ContainerARN: t.Containers[i].ContainerARN, ContainerName: t.Containers[i].Name, Interactive: true, TaskARN: t.TaskARN,
		Session: session{id, "ws://" + s.channels + "/v1/data-channel/" + id + "?role=publish_subscribe", token},
	}, nil
}

// taken is the session of a token, which is good once.
func (s *Service) taken(token string) (granted, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, known := s.granted[token]
	delete(s.granted, token)
	return g, known && s.Clock.Now().Before(g.until)
}
