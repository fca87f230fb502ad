package worker

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// host is a Jenkins with one job, over HTTP, with its crumbs and sessions. It can be taken down and brought up again.
type host struct {
	t       *testing.T
	address string
	http    *http.Server

	mu       sync.Mutex
	password string
	boot     int // sessions and crumbs of another boot do not hold
	items    map[int]*hostItem
	builds   map[int]*hostBuild
	next     int
	hold     bool // new items stay in the queue
	lose     bool // the next trigger has its effect and no answer
	vanish   bool // the next trigger is answered, and its item forgotten
	started  func(*hostBuild)
	stops    int
	deaf     bool // builds go on when they are stopped
}

type hostItem struct {
	parameters map[string]string
	cancelled  bool
	build      int
}

type hostBuild struct {
	number     int
	parameters map[string]string
	building   bool
	result     string
	log        string
	artifacts  map[string]string
}

func newHost(t *testing.T) *host {
	h := &host{t: t, password: "first-password", items: map[int]*hostItem{}, builds: map[int]*hostBuild{}}
	h.address = "127.0.0.1:0"
	h.up()
	t.Cleanup(h.down)
	return h
}

func (h *host) up() {
	on, err := net.Listen("tcp", h.address)
	if err != nil {
		h.t.Fatal(err)
	}
	h.address = on.Addr().String()
	h.http = &http.Server{Handler: h}
	go func(s *http.Server) { _ = s.Serve(on) }(h.http)
}

func (h *host) down() { _ = h.http.Close() }

func (h *host) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
}

func (h *host) build(n int) hostBuild {
	h.mu.Lock()
	defer h.mu.Unlock()
	if b := h.builds[n]; b != nil {
		return *b
	}
	return hostBuild{}
}

func (h *host) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.builds)
}

// end ends a build.
func (h *host) end(n int, result, archived string) {
	h.set(func() {
		b := h.builds[n]
		b.building, b.result = false, result
		if archived != "" {
			b.artifacts = map[string]string{fmt.Sprintf("result-%d.json", n): archived}
		}
	})
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if user, password, _ := r.BasicAuth(); user != "worker" || password != h.password {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	session := fmt.Sprintf("session-%d", h.boot)
	if r.Method == http.MethodPost {
		cookie, err := r.Cookie("JSESSIONID")
		if err != nil || cookie.Value != session || r.Header.Get("Jenkins-Crumb") != "crumb-of-"+session {
			w.WriteHeader(http.StatusForbidden)
			return
		}
	}
	switch path := strings.Split(strings.Trim(r.URL.Path, "/"), "/"); {
	case r.URL.Path == "/crumbIssuer/api/json":
		http.SetCookie(w, &http.Cookie{Name: "JSESSIONID", Value: session, Path: "/"})
		reply(w, map[string]any{"crumbRequestField": "Jenkins-Crumb", "crumb": "crumb-of-" + session})
	case r.URL.Path == "/queue/api/json":
		reply(w, map[string]any{"items": h.queue()})
	case r.URL.Path == "/queue/cancelItem":
		id, _ := strconv.Atoi(r.URL.Query().Get("id"))
		h.items[id].cancelled = true
		w.WriteHeader(http.StatusNoContent)
	case path[0] == "queue" && path[1] == "item":
		h.item(w, r, path[2])
	case path[0] == "job" && path[1] == "slipway":
		h.job(w, r, path[2:])
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func reply(w http.ResponseWriter, body any) { _ = json.NewEncoder(w).Encode(body) }

func (h *host) queue() []any {
	found := []any{}
	for id, item := range h.items {
		if item.build == 0 && !item.cancelled {
			found = append(found, map[string]any{"id": id, "task": map[string]any{"name": "slipway"}, "actions": actions(item.parameters)})
		}
	}
	return found
}

func actions(parameters map[string]string) []any {
	list := []any{}
	for name, value := range parameters {
		list = append(list, map[string]any{"name": name, "value": value})
	}
	return []any{map[string]any{}, map[string]any{"_class": "hudson.model.ParametersAction", "parameters": list}}
}

func (h *host) item(w http.ResponseWriter, r *http.Request, number string) {
	id, _ := strconv.Atoi(number)
	item := h.items[id]
	if item == nil {
		http.NotFound(w, r)
		return
	}
	body := map[string]any{"id": id, "cancelled": item.cancelled, "why": nil}
	if item.build > 0 {
		body["executable"] = map[string]any{"number": item.build}
	}
	reply(w, body)
}

func (h *host) job(w http.ResponseWriter, r *http.Request, path []string) {
	switch path[0] {
	case "api":
		builds := []any{}
		for _, b := range h.builds {
			builds = append(builds, h.describe(b))
		}
		reply(w, map[string]any{"name": "slipway", "builds": builds})
		return
	case "buildWithParameters":
		h.trigger(w, r)
		return
	}
	number, _ := strconv.Atoi(path[0])
	b := h.builds[number]
	if b == nil {
		http.NotFound(w, r)
		return
	}
	switch path[1] {
	case "api":
		reply(w, h.describe(b))
	case "logText":
		from, _ := strconv.Atoi(r.URL.Query().Get("start"))
		w.Header().Set("X-Text-Size", strconv.Itoa(len(b.log)))
		w.Header().Set("X-More-Data", strconv.FormatBool(b.building))
		_, _ = w.Write([]byte(b.log[min(from, len(b.log)):]))
	case "stop":
		h.stops++
		if b.building && !h.deaf {
			b.building, b.result = false, "ABORTED"
		}
		http.Redirect(w, r, "/job/slipway/", http.StatusFound)
	case "artifact":
		if text, ok := b.artifacts[path[2]]; ok {
			_, _ = w.Write([]byte(text))
			return
		}
		http.NotFound(w, r)
	}
}

func (h *host) describe(b *hostBuild) map[string]any {
	var result any
	if b.result != "" {
		result = b.result
	}
	return map[string]any{
		"number": b.number, "url": fmt.Sprintf("https://jenkins.example.com/job/slipway/%d/", b.number),
		"building": b.building, "result": result, "estimatedDuration": 60000, "timestamp": 1, "actions": actions(b.parameters),
	}
}

func (h *host) trigger(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		h.t.Error(err)
	}
	parameters := map[string]string{}
	for name := range r.PostForm {
		parameters[name] = r.PostForm.Get(name)
	}
	h.next++
	id := 100 + h.next
	if h.vanish {
		h.vanish = false
	} else {
		h.items[id] = &hostItem{parameters: parameters}
		if !h.hold {
			h.start(id)
		}
	}
	if h.lose {
		h.lose = false
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Location", fmt.Sprintf("http://%s/queue/item/%d/", h.address, id))
	w.WriteHeader(http.StatusCreated)
}

// start makes a build of a queue item; the lock is held.
func (h *host) start(id int) {
	item := h.items[id]
	b := &hostBuild{number: len(h.builds) + 1, parameters: item.parameters, building: true, log: "Started by user worker\n"}
	h.builds[b.number], item.build = b, b.number
	if h.started != nil {
		h.started(b)
	}
}
