package awsapi

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
)

// wire writes answers in one protocol's form.
type wire interface {
	protocol() Protocol
	contentType() string
	unknownAction() string // the error code
	answer(c *call, out any) ([]byte, error)
	failure(c *call, e *Error) []byte
}

type jsonWire struct{}

func (jsonWire) protocol() Protocol    { return JSON }
func (jsonWire) contentType() string   { return "application/x-amz-json-1.1" }
func (jsonWire) unknownAction() string { return "UnknownOperationException" }

func (jsonWire) answer(c *call, out any) ([]byte, error) {
	if out == nil {
		return []byte("{}"), nil
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encoding the answer of %s: %w", c.action, err)
	}
	return b, nil
}

func (jsonWire) failure(_ *call, e *Error) []byte {
	b, _ := json.Marshal(map[string]string{"__type": e.Code, "message": e.Message}) // strings always encode
	return b
}

type queryWire struct{ namespace string }

func (queryWire) protocol() Protocol    { return Query }
func (queryWire) contentType() string   { return "text/xml" }
func (queryWire) unknownAction() string { return "InvalidAction" }

// answer writes <ActionResponse><ActionResult>…</ActionResult><ResponseMetadata>…</ActionResponse>.
func (q queryWire) answer(c *call, out any) ([]byte, error) {
	var b bytes.Buffer
	e := xml.NewEncoder(&b)
	response := named(c.action + "Response")
	if q.namespace != "" {
		response.Attr = []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: q.namespace}}
	}
	tokens := []any{response, result{out, named(c.action + "Result")}, metadata{c.id}, response.End()}
	for _, t := range tokens {
		if err := encode(e, t); err != nil {
			return nil, fmt.Errorf("encoding the answer of %s: %w", c.action, err)
		}
	}
	err := e.Flush()
	return b.Bytes(), err
}

// result is the answer of an action under the name that its element has.
type result struct {
	value any
	start xml.StartElement
}

type metadata struct{ id string }

func encode(e *xml.Encoder, t any) error {
	switch t := t.(type) {
	case result:
		if t.value == nil {
			t.value = struct{}{}
		}
		return e.EncodeElement(t.value, t.start)
	case metadata:
		return e.EncodeElement(struct{ RequestId string }{t.id}, named("ResponseMetadata"))
	}
	return e.EncodeToken(t)
}

func named(name string) xml.StartElement { return xml.StartElement{Name: xml.Name{Local: name}} }

// failure has a form of its own for EC2 (EC2 API reference, "Error codes", 2026-11).
func (q queryWire) failure(c *call, e *Error) []byte {
	if c.service == "ec2" {
		type detail struct{ Code, Message string }
		b, _ := xml.Marshal(struct { // strings always encode
			XMLName   xml.Name `xml:"Response"`
			Error     detail   `xml:"Errors>Error"`
			RequestID string
		}{Error: detail{e.Code, e.Message}, RequestID: c.id})
		return b
	}
	type detail struct{ Type, Code, Message string }
	blame := "Sender"
	if e.Status >= http.StatusInternalServerError {
		blame = "Receiver"
	}
	b, _ := xml.Marshal(struct { // strings always encode
		XMLName   xml.Name `xml:"ErrorResponse"`
		Namespace string   `xml:"xmlns,attr,omitempty"`
		Error     detail
		RequestId string
	}{Namespace: q.namespace, Error: detail{blame, e.Code, e.Message}, RequestId: c.id})
	return b
}
