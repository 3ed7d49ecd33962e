// The ssespec adapter for the server of the Go module github.com/r3labs/sse/v2.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges nothing. Each
// session is a stream of one server without AutoReplay, which would replace the IDs of all events, and send all of them to
// every new client.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/r3labs/sse/v2"
)

type order struct {
	Session          json.Number
	Serve, End, Stop *struct{}
	Close            *struct{}
	Emit             *struct {
		Type, ID, Data, Comment string
		Retry                   any
	}
}

type object map[string]any

// session runs between serve and close.
type session struct {
	subscribers map[*sse.Subscriber]bool // those that have neither left nor been ended
	emitted     chan struct{}            // closed once the last emit is handled: Publish may block
	stopped     bool
}

var (
	lock     sync.Mutex
	sessions = map[string]*session{}
	server   = sse.NewWithCallback(subscribed, unsubscribed)
)

func main() {
	server.AutoReplay = false
	server.SplitData = true // otherwise a line feed in data is sent as it is
	tell(object{"hello": object{
		"protocol": 1, "role": "server", "name": "r3labs-sse-server", "version": version(), "language": "Go", "sessions": 64,
		"capabilities": []string{
			"event-type", "event-id", "comments", "retry-text", "end", "disconnects", "no-content",
		},
	}})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() { _ = http.Serve(listener, http.HandlerFunc(handle)) }()

	for orders := json.NewDecoder(os.Stdin); ; {
		var o order
		if orders.Decode(&o) != nil {
			return // stdin has ended
		}
		obey(o, o.Session.String(), listener.Addr())
	}
}

func obey(o order, number string, address net.Addr) {
	lock.Lock()
	defer lock.Unlock()
	s := sessions[number]
	switch {
	case o.Serve != nil:
		s = &session{subscribers: map[*sse.Subscriber]bool{}, emitted: make(chan struct{})}
		close(s.emitted)
		sessions[number] = s
		server.CreateStream(number)
		tell(object{"session": o.Session, "serving": object{"url": fmt.Sprintf("http://%s/?stream=%s", address, number)}})
	case s == nil:
	case o.Emit != nil:
		event := &sse.Event{
			Event: []byte(o.Emit.Type), ID: []byte(o.Emit.ID), Data: []byte(o.Emit.Data), Comment: []byte(o.Emit.Comment),
		}
		if o.Emit.Retry != nil {
			event.Retry = fmt.Append(nil, o.Emit.Retry)
		}
		previous, done := s.emitted, make(chan struct{})
		s.emitted = done
		go func() {
			defer close(done)
			<-previous
			server.Publish(number, event)
			say(s, number, "emitted", object{})
		}()
	case o.End != nil:
		s.subscribers = map[*sse.Subscriber]bool{}
		server.RemoveStream(number)
		server.CreateStream(number)
	case o.Stop != nil:
		s.stopped = true
		tell(object{"session": o.Session, "stopped": object{}})
	case o.Close != nil:
		delete(sessions, number)
		server.RemoveStream(number)
		tell(object{"session": o.Session, "closed": object{}})
	}
}

func handle(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	lock.Lock()
	s := sessions[query.Get("stream")]
	stopped := s != nil && s.stopped
	lock.Unlock()
	if stopped {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	query.Set("last-event-id", r.Header.Get("Last-Event-ID")) // for the callback, which sees no header
	r.URL.RawQuery = query.Encode()
	server.ServeHTTP(w, r)
}

func subscribed(number string, subscriber *sse.Subscriber) {
	lock.Lock()
	s := sessions[number]
	if s != nil {
		s.subscribers[subscriber] = true
	}
	lock.Unlock()
	say(s, number, "connected", object{"lastEventId": subscriber.URL.Query().Get("last-event-id")})
}

func unsubscribed(number string, subscriber *sse.Subscriber) {
	lock.Lock()
	s := sessions[number]
	left := s != nil && s.subscribers[subscriber]
	if left {
		delete(s.subscribers, subscriber)
	}
	lock.Unlock()
	if left {
		say(s, number, "disconnected", object{})
	}
}

// say reports for a session unless it is closed.
func say(s *session, number, kind string, content object) {
	lock.Lock()
	defer lock.Unlock()
	if s != nil && sessions[number] == s {
		tell(object{"session": json.Number(number), kind: content})
	}
}

func tell(message object) { _ = json.NewEncoder(os.Stdout).Encode(message) }

// version returns the version of the module in this binary.
func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, dep := range info.Deps {
		if dep.Path == "github.com/r3labs/sse/v2" {
			return strings.TrimPrefix(dep.Version, "v")
		}
	}
	return ""
}
