package awsapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"slipway/sandbox/naming"
)

// NewHandler answers requests to all the services, for a service on its own: the signature names the service, and
// nobody looks at who made it.
func NewHandler(log *slog.Logger, services ...Service) http.Handler {
	return &handler{log: log, services: services}
}

type handler struct {
	log      *slog.Logger
	services []Service
	identify Identify // nil: nobody is known
}

// call is one request on its way through the handler.
type call struct {
	id      string // of the request
	service string // signing name, empty until it is known
	action  string
	wire    wire
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	c := &call{id: naming.UUID(), wire: jsonWire{}}
	w.Header().Set("x-amzn-RequestId", c.id)
	status := h.answer(w, r, c)
	h.log.DebugContext(r.Context(), "api call", "service", c.service, "action", c.action,
		"status", status, "took", time.Since(began), "request", c.id)
}

// answer writes the answer of one call and returns its status.
func (h *handler) answer(w http.ResponseWriter, r *http.Request, c *call) int {
	out, err := h.run(r, c)
	if err == nil {
		var body []byte
		if body, err = c.wire.answer(c, out); err == nil {
			return write(w, c.wire, http.StatusOK, body)
		}
	}
	e := asError(err)
	if e.Status >= http.StatusInternalServerError && r.Context().Err() == nil {
		h.log.ErrorContext(r.Context(), "api call failed", "service", c.service, "action", c.action,
			"request", c.id, "error", err)
	}
	w.Header().Set("x-amzn-ErrorType", e.Code)
	return write(w, c.wire, e.Status, c.wire.failure(c, e))
}

func write(w http.ResponseWriter, form wire, status int, body []byte) int {
	w.Header().Set("Content-Type", form.contentType())
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone needs no answer
	return status
}

// run finds the action of a request and runs it.
func (h *handler) run(r *http.Request, c *call) (out any, err error) {
	r, refused := h.identified(r)
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	in := parse(r, body)
	c.wire, c.action = in.wire, in.action
	if c.service, err = signingName(r); err != nil {
		return nil, err
	}
	if refused != nil {
		return nil, refusal(c.wire.protocol(), refused)
	}
	if in.err != nil {
		return nil, in.err
	}
	action, namespace, err := h.find(c)
	if err != nil {
		return nil, err
	}
	if q, ok := c.wire.(queryWire); ok {
		q.namespace = namespace
		c.wire = q
	}
	out, err = h.guard(r.Context(), c, action, in.decode)
	if member := (*memberError)(nil); errors.As(err, &member) {
		err = member.of(c)
	}
	return out, err
}

// guard runs an action and makes an error of its panic.
func (h *handler) guard(ctx context.Context, c *call, run Action, decode func(any) error) (out any, err error) {
	defer func() {
		if p := recover(); p != nil {
			h.log.ErrorContext(ctx, "api call panicked", "service", c.service, "action", c.action,
				"request", c.id, "panic", p, "stack", string(debug.Stack()))
			err = &Error{Code: "InternalFailure", Message: "The request processing has failed because of an unknown error, exception or failure.", Status: http.StatusInternalServerError}
		}
	}()
	return run.Run(ctx, decode)
}

// find returns the action that a request asks for.
func (h *handler) find(c *call) (Action, string, error) {
	known, why := false, ""
	for _, s := range h.services {
		if s.Name != c.service || s.Protocol != c.wire.protocol() {
			continue
		}
		known = true
		if a, ok := s.Actions[c.action]; ok {
			return a, s.Namespace, nil
		}
		if reason := s.Refused[c.action]; reason != "" {
			why = ": " + reason
		}
	}
	switch {
	case !known:
		return Action{}, "", Errorf(c.wire.unknownAction(), "the service %s does not exist here (action %q)", c.service, c.action)
	case c.action == "":
		return Action{}, "", Errorf(c.wire.unknownAction(), "the request to %s names no action", c.service)
	}
	return Action{}, "", Errorf(c.wire.unknownAction(), "the action %s of %s does not exist here%s", c.action, c.service, why)
}

// asError gives any error the form that AWS has for it.
func asError(err error) *Error {
	var e *Error
	if !errors.As(err, &e) {
		return &Error{Code: "InternalFailure", Message: err.Error(), Status: http.StatusInternalServerError}
	}
	if e.Status == 0 {
		return &Error{Code: e.Code, Message: e.Message, Status: http.StatusBadRequest}
	}
	return e
}
