// Package datachannel is the wire format of Session Manager's data channel, which ECS Exec uses: the same at both ends, as
// the source of AWS's session-manager-plugin has it (src/message, version 1.2, read in November 2026).
package datachannel

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Types of messages.
const (
	Input       = "input_stream_data"
	Output      = "output_stream_data"
	Acknowledge = "acknowledge"
	Closed      = "channel_closed"
	Start       = "start_publication"
	Pause       = "pause_publication"
)

// Kind is what the payload of a message of a stream is.
type Kind uint32

// Kinds of payloads.
const (
	Bytes             Kind = 1
	Size              Kind = 3
	HandshakeRequest  Kind = 5
	HandshakeResponse Kind = 6
	HandshakeComplete Kind = 7
	Flag              Kind = 10
)

// Terminate is the flag that ends a session.
const Terminate = uint32(2)

// Message is one binary message.
type Message struct {
	Type     string
	Created  time.Time
	Sequence int64
	Flags    uint64
	ID       [16]byte
	Kind     Kind
	Payload  []byte
}

// header is the length of what comes before the payload's length.
const header = 4 + 32 + 4 + 8 + 8 + 8 + 16 + 32 + 4

// New makes a message of a stream.
func New(typ string, kind Kind, sequence int64, payload []byte, now time.Time) Message {
	m := Message{Type: typ, Kind: kind, Sequence: sequence, Payload: payload, Created: now}
	_, _ = rand.Read(m.ID[:]) // never fails
	m.ID[6], m.ID[8] = m.ID[6]&0x0f|0x40, m.ID[8]&0x3f|0x80
	return m
}

// Acknowledged is the content of an acknowledgement.
type Acknowledged struct {
	Type       string `json:"AcknowledgedMessageType"`
	ID         string `json:"AcknowledgedMessageId"`
	Sequence   int64  `json:"AcknowledgedMessageSequenceNumber"`
	Sequential bool   `json:"IsSequentialMessage"`
}

// Answer is the acknowledgement of a message.
func (m Message) Answer(now time.Time) (Message, error) {
	text, err := json.Marshal(Acknowledged{m.Type, m.UUID(), m.Sequence, true})
	answer := New(Acknowledge, 0, 0, text, now)
	answer.Flags = 3
	return answer, err
}

// UUID is the message's id in its usual form.
func (m Message) UUID() string {
	h := hex.EncodeToString(m.ID[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Marshal writes the message.
func (m Message) Marshal() []byte {
	digest := sha256.Sum256(m.Payload)
	out := make([]byte, 0, header+4+len(m.Payload))
	out = binary.BigEndian.AppendUint32(out, header)
	out = append(out, fmt.Sprintf("%-32s", m.Type)...)
	out = binary.BigEndian.AppendUint32(out, 1)
	out = binary.BigEndian.AppendUint64(out, uint64(m.Created.UnixMilli()))
	out = binary.BigEndian.AppendUint64(out, uint64(m.Sequence))
	out = binary.BigEndian.AppendUint64(out, m.Flags)
	out = append(append(out, m.ID[8:]...), m.ID[:8]...) // the lower half first
	out = append(out, digest[:]...)
	out = binary.BigEndian.AppendUint32(out, uint32(m.Kind))
	out = binary.BigEndian.AppendUint32(out, uint32(len(m.Payload)))
	return append(out, m.Payload...)
}

// Unmarshal reads a message and checks its payload against its digest.
func Unmarshal(in []byte) (Message, error) {
	if len(in) < header+4 {
		return Message{}, errors.New("a message of the data channel is too short")
	}
	from := uint64(binary.BigEndian.Uint32(in)) + 4
	if from < header || from > uint64(len(in)) {
		return Message{}, errors.New("the header of a message of the data channel has a wrong length")
	}
	m := Message{
		Type:     strings.TrimSpace(strings.Trim(string(in[4:36]), "\x00")),
		Created:  time.UnixMilli(int64(binary.BigEndian.Uint64(in[40:]))),
		Sequence: int64(binary.BigEndian.Uint64(in[48:])), Flags: binary.BigEndian.Uint64(in[56:]),
		Kind: Kind(binary.BigEndian.Uint32(in[112:])), Payload: bytes.Clone(in[from:]),
	}
	copy(m.ID[8:], in[64:72])
	copy(m.ID[:8], in[72:80])
	if digest := sha256.Sum256(m.Payload); len(m.Payload) > 0 && !bytes.Equal(digest[:], in[80:112]) {
		return m, errors.New("the payload of a message of the data channel does not have its digest")
	}
	return m, nil
}

// Opening is the first message of a client, as text.
type Opening struct {
	SchemaVersion string `json:"MessageSchemaVersion"`
	RequestID     string `json:"RequestId"`
	Token         string `json:"TokenValue"`
	ClientID      string `json:"ClientId"`
	ClientVersion string `json:"ClientVersion"`
}

// Handshake is what the agent asks the client for.
type Handshake struct {
	AgentVersion string   `json:"AgentVersion"`
	Actions      []Action `json:"RequestedClientActions"`
}

// Action is one request of a handshake.
type Action struct {
	Type       string          `json:"ActionType"` // SessionType or KMSEncryption
	Parameters json.RawMessage `json:"ActionParameters"`
}

// Processed is what the client says to a handshake.
type Processed struct {
	ClientVersion string   `json:"ClientVersion"`
	Actions       []Done   `json:"ProcessedClientActions"`
	Errors        []string `json:"Errors"`
}

// Done is the client's answer to one action: status 1 is success, 2 failure, 3 unsupported.
type Done struct {
	Type   string `json:"ActionType"`
	Status int    `json:"ActionStatus"`
	Error  string `json:"Error"`
}

// Dimensions are the payload of Size.
type Dimensions struct {
	Columns uint32 `json:"cols"`
	Rows    uint32 `json:"rows"`
}

// End is the payload of Closed.
type End struct {
	SessionID string `json:"SessionId"`
	Type      string `json:"MessageType"`
	Output    string `json:"Output"`
}
