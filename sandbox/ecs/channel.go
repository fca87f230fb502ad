package ecs

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"slipway/sandbox/datachannel"
)

// listenChannels opens the endpoint that the streams of sessions are on, on this machine alone.
func (s *Service) listenChannels(ctx context.Context) (net.Listener, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening the endpoint of data channels: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels = l.Addr().String()
	return l, nil
}

func (s *Service) serveChannels(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: http.HandlerFunc(s.channel), ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// channel is the agent's end of one session. A page of a browser cannot open it: websocket.Accept refuses other origins.
func (s *Service) channel(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	_, text, err := conn.Read(ctx)
	var opening datachannel.Opening
	if err != nil || json.Unmarshal(text, &opening) != nil {
		return
	}
	g, known := s.taken(opening.Token)
	if !known {
		_ = conn.Close(websocket.StatusPolicyViolation, "the token is unknown, used or expired")
		return
	}
	a := &agent{Service: s, conn: conn, session: g}
	if err := a.run(ctx, cancel); err != nil && ctx.Err() == nil {
		s.Log.Warn("a session of a command", "session", g.id, "error", err)
	}
}

// agent runs the command of one session.
type agent struct {
	*Service
	conn    *websocket.Conn
	session granted

	mu   sync.Mutex // of writes
	next int64      // sequence of what is sent

	expected int64 // sequence of what comes
	shaken   sync.Once
	ready    chan struct{} // closed when the client has answered the handshake
	stdin    io.Writer
	exec     string
}

func (a *agent) run(ctx context.Context, cancel context.CancelFunc) error {
	a.ready = make(chan struct{})
	exec, both, err := a.Engine.Exec(ctx, a.session.container, a.session.command)
	if err != nil {
		return a.end(ctx, err.Error())
	}
	defer both.Close()
	a.exec, a.stdin = exec, both.Conn
	context.AfterFunc(ctx, func() { a.leave(both.Conn); both.Close() })
	go func() {
		defer cancel()
		_ = a.listen(ctx)
	}()
	kind, _ := json.Marshal(map[string]any{"SessionType": "InteractiveCommands", "Properties": map[string]any{}})
	ask, _ := json.Marshal(datachannel.Handshake{AgentVersion: "3.3.0.0", Actions: []datachannel.Action{{Type: "SessionType", Parameters: kind}}})
	if err := a.send(ctx, datachannel.HandshakeRequest, ask); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-a.ready:
	}
	if err := a.send(ctx, datachannel.HandshakeComplete, []byte(`{"HandshakeTimeToComplete":1000000,"CustomerMessage":""}`)); err != nil {
		return err
	}
	part := make([]byte, 1024)
	for {
		n, err := both.Reader.Read(part)
		if n > 0 {
			if err := a.send(ctx, datachannel.Bytes, part[:n]); err != nil {
				return err
			}
		}
		if err != nil {
			return a.end(ctx, "")
		}
	}
}

// leave ends the command when the client has gone, for which Docker does nothing: by the terminal's keys, and as a terminal
// that goes.
func (a *agent) leave(typed io.Writer) {
	_, _ = typed.Write([]byte("\x03\x04"))
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := a.Engine.Hangup(ctx, a.session.container, a.exec); err != nil {
		a.Log.Warn("the end of a session", "session", a.session.id, "error", err)
	}
}

// end tells the client that the session is over.
func (a *agent) end(ctx context.Context, why string) error {
	text, err := json.Marshal(datachannel.End{SessionID: a.session.id, Type: datachannel.Closed, Output: why})
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.conn.Write(ctx, websocket.MessageBinary, datachannel.New(datachannel.Closed, 0, 0, text, time.Now()).Marshal()); err != nil {
		return err
	}
	return a.conn.Close(websocket.StatusNormalClosure, "")
}

func (a *agent) send(ctx context.Context, kind datachannel.Kind, payload []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	m := datachannel.New(datachannel.Output, kind, a.next, payload, time.Now())
	a.next++
	return a.conn.Write(ctx, websocket.MessageBinary, m.Marshal())
}

// listen takes what the client sends, each message once, and acknowledges it.
func (a *agent) listen(ctx context.Context) error {
	for {
		_, raw, err := a.conn.Read(ctx)
		if err != nil {
			return err
		}
		m, err := datachannel.Unmarshal(raw)
		if err != nil {
			return err
		}
		if m.Type != datachannel.Input {
			continue
		}
		answer, err := m.Answer(time.Now())
		if err != nil {
			return err
		}
		a.mu.Lock()
		err = a.conn.Write(ctx, websocket.MessageBinary, answer.Marshal())
		a.mu.Unlock()
		if err != nil {
			return err
		}
		if m.Sequence != a.expected { // sent again
			continue
		}
		a.expected++
		if err := a.take(ctx, m); err != nil {
			return err
		}
	}
}

func (a *agent) take(ctx context.Context, m datachannel.Message) error {
	switch m.Kind {
	case datachannel.HandshakeResponse:
		a.shaken.Do(func() { close(a.ready) })
	case datachannel.Bytes:
		_, err := a.stdin.Write(m.Payload)
		return err
	case datachannel.Size:
		var size datachannel.Dimensions
		if err := json.Unmarshal(m.Payload, &size); err != nil {
			return err
		}
		return a.Engine.Resize(ctx, a.exec, uint(size.Columns), uint(size.Rows))
	case datachannel.Flag:
		if len(m.Payload) == 4 && binary.BigEndian.Uint32(m.Payload) == datachannel.Terminate {
			return errors.New("the client ended the session")
		}
	}
	return nil
}
