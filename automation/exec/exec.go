// Package exec is a terminal at the other end of Session Manager's data channel: what a command in a container prints comes
// here, and what is typed here goes there.
package exec

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/coder/websocket"

	"slipway/sandbox/datachannel"
)

// Session is what ExecuteCommand opened.
type Session struct{ URL, Token string }

// Terminal is where the session is seen. Size answers false where there is none; Resized is sent to when it changes.
type Terminal struct {
	In      io.Reader
	Out     io.Writer
	Size    func() (columns, rows int, there bool)
	Resized <-chan struct{}
}

const (
	schemaVersion = "1.0"
	clientVersion = "1.2.707.0" // of the session-manager-plugin whose behaviour this is: agents look at it
	// Payloads and pauses are the plugin's (src/config/config.go).
	longestPayload = 1024
	resendAfter    = time.Second
	mostWaiting    = 10_000 // messages that came out of order
)

// Run joins a terminal and a session until the session ends, or ctx does. A reason that the agent gives for the end
// is the error.
func Run(ctx context.Context, s Session, t Terminal) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, s.URL, nil)
	if err != nil {
		return fmt.Errorf("opening the data channel: %w", err)
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(1 << 20)
	c := &channel{conn: conn, terminal: t, unacknowledged: map[int64]sent{}, early: map[int64]datachannel.Message{}}
	if err := c.open(ctx, s.Token); err != nil {
		return err
	}
	go c.resend(ctx)
	err = c.listen(ctx)
	if ctx.Err() != nil { // we leave: so must the command
		last, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer stop()
		_ = c.send(last, datachannel.Flag, binary.BigEndian.AppendUint32(nil, datachannel.Terminate))
	}
	return err
}

// channel is one data channel.
type channel struct {
	conn     *websocket.Conn
	terminal Terminal

	mu             sync.Mutex // of writes, and of:
	next           int64
	unacknowledged map[int64]sent

	expected int64
	early    map[int64]datachannel.Message // those that came before their turn
	started  bool
}

type sent struct {
	raw []byte
	at  time.Time
}

var errClosed = errors.New("closed")

func (c *channel) open(ctx context.Context, token string) error {
	id := datachannel.New("", 0, 0, nil, time.Now()).UUID()
	text, err := json.Marshal(datachannel.Opening{SchemaVersion: schemaVersion, RequestID: id, Token: token, ClientID: id, ClientVersion: clientVersion})
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conn.Write(ctx, websocket.MessageText, text)
}

// send sends a payload, which is kept until it is acknowledged.
func (c *channel) send(ctx context.Context, kind datachannel.Kind, payload []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	raw := datachannel.New(datachannel.Input, kind, c.next, payload, time.Now()).Marshal()
	c.unacknowledged[c.next] = sent{raw, time.Now()}
	c.next++
	return c.conn.Write(ctx, websocket.MessageBinary, raw)
}

// resend sends again what was not acknowledged: Session Manager drops what comes while the agent is away.
func (c *channel) resend(ctx context.Context) {
	ticker := time.NewTicker(resendAfter)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			c.mu.Lock()
			for i := int64(0); i < c.next; i++ {
				if m, waits := c.unacknowledged[i]; waits && now.Sub(m.at) >= resendAfter {
					_ = c.conn.Write(ctx, websocket.MessageBinary, m.raw)
					break // the agent takes them in their order
				}
			}
			c.mu.Unlock()
		}
	}
}

func (c *channel) listen(ctx context.Context) error {
	for {
		_, raw, err := c.conn.Read(ctx)
		if err != nil {
			return fmt.Errorf("the data channel broke: %w", err)
		}
		m, err := datachannel.Unmarshal(raw)
		if err != nil {
			return err
		}
		if err := c.take(ctx, m); errors.Is(err, errClosed) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func (c *channel) take(ctx context.Context, m datachannel.Message) error {
	switch m.Type {
	case datachannel.Acknowledge:
		var of datachannel.Acknowledged
		if err := json.Unmarshal(m.Payload, &of); err != nil {
			return err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.unacknowledged, of.Sequence)
	case datachannel.Closed:
		var end datachannel.End
		if err := json.Unmarshal(m.Payload, &end); err != nil {
			return err
		}
		if end.Output != "" {
			return errors.New(end.Output)
		}
		return errClosed
	case datachannel.Output:
		return c.inOrder(ctx, m)
	}
	return nil
}

// inOrder acknowledges a message and takes those whose turn it is, each one once.
func (c *channel) inOrder(ctx context.Context, m datachannel.Message) error {
	if m.Sequence > c.expected && len(c.early) >= mostWaiting {
		return nil // it will be sent again
	}
	answer, err := m.Answer(time.Now())
	if err != nil {
		return err
	}
	c.mu.Lock()
	err = c.conn.Write(ctx, websocket.MessageBinary, answer.Marshal())
	c.mu.Unlock()
	if err != nil {
		return err
	}
	if m.Sequence < c.expected {
		return nil
	}
	c.early[m.Sequence] = m
	for {
		due, there := c.early[c.expected]
		if !there {
			return nil
		}
		delete(c.early, c.expected)
		c.expected++
		if err := c.show(ctx, due); err != nil {
			return err
		}
	}
}

func (c *channel) show(ctx context.Context, m datachannel.Message) error {
	switch m.Kind {
	case datachannel.HandshakeRequest:
		return c.shake(ctx, m.Payload)
	case datachannel.HandshakeComplete:
		if !c.started {
			c.started = true
			go c.sizes(ctx)
			go c.typed(ctx)
		}
	case datachannel.Bytes:
		_, err := c.terminal.Out.Write(m.Payload)
		return err
	}
	return nil
}

// shake answers the agent's handshake.
func (c *channel) shake(ctx context.Context, payload []byte) error {
	var asked datachannel.Handshake
	if err := json.Unmarshal(payload, &asked); err != nil {
		return err
	}
	said := datachannel.Processed{ClientVersion: clientVersion, Actions: []datachannel.Done{}}
	for _, a := range asked.Actions {
		if a.Type != "SessionType" {
			return fmt.Errorf("the agent asks for %s, which is not supported here: use session-manager-plugin (aws ecs execute-command)", a.Type)
		}
		said.Actions = append(said.Actions, datachannel.Done{Type: a.Type, Status: 1})
	}
	text, err := json.Marshal(said)
	if err != nil {
		return err
	}
	return c.send(ctx, datachannel.HandshakeResponse, text)
}

// sizes tells the terminal's size, now and whenever it changes.
func (c *channel) sizes(ctx context.Context) {
	for {
		if columns, rows, there := c.terminal.Size(); there {
			text, _ := json.Marshal(datachannel.Dimensions{Columns: uint32(columns), Rows: uint32(rows)}) // numbers always encode
			if c.send(ctx, datachannel.Size, text) != nil {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-c.terminal.Resized:
		}
	}
}

// typed sends what is typed, and the end of it as Ctrl-D.
func (c *channel) typed(ctx context.Context) {
	part := make([]byte, longestPayload)
	for {
		n, err := c.terminal.In.Read(part)
		if n > 0 && c.send(ctx, datachannel.Bytes, part[:n]) != nil {
			return
		}
		if err != nil {
			_ = c.send(ctx, datachannel.Bytes, []byte{4})
			return
		}
	}
}
