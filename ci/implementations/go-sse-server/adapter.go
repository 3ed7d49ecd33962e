// The ssespec adapter for the server side of the Go module github.com/tmaxmax/go-sse, under net/http.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
// nothing. A session is one sse.Server with its own Joe, whose FiniteReplayer keeps the last thousand events
// that have an ID.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tmaxmax/go-sse"
)

type order struct {
	Session                    int
	Serve, End, Stop, Shutdown *struct{}
	Close                      *struct{}
	Emit                       *emit
}

type emit struct {
	Type, ID, Data, Comment *string
	Retry                   int
}

type object map[string]any

// session runs between serve and close. Its streams live until their context is canceled, which is how the
// module ends one.
type session struct {
	number  int
	server  *sse.Server
	emitted chan struct{} // closed once the last emit is handled
	stopped bool
	streams context.Context
	end     context.CancelFunc
	closed  context.Context
	close   context.CancelFunc
}

var (
	lock     sync.Mutex
	sessions = map[int]*session{}
)

func main() {
	tell(object{"hello": object{
		"protocol": 1, "role": "server", "name": "go-sse-server", "version": version(), "language": "Go",
		"sessions": 64,
		"capabilities": []string{
			"event-type", "event-id", "comments", "retry", "end", "disconnects", "resume", "no-content", "shutdown",
			"http2",
		},
	}})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: http.HandlerFunc(handle), Protocols: protocols}
	go func() { _ = server.Serve(listener) }()

	for orders := json.NewDecoder(os.Stdin); ; {
		var o order
		if orders.Decode(&o) != nil {
			return // stdin has ended
		}
		lock.Lock()
		s := sessions[o.Session]
		switch {
		case o.Serve != nil:
			sessions[o.Session] = newSession(o.Session)
			tell(object{"session": o.Session, "serving": object{
				"url": fmt.Sprintf("http://%s/%d", listener.Addr(), o.Session),
			}})
		case s == nil:
		case o.Emit != nil:
			previous, done := s.emitted, make(chan struct{})
			s.emitted = done
			go s.publish(*o.Emit, previous, done)
		case o.End != nil:
			s.end()
			s.streams, s.end = context.WithCancel(context.Background())
		case o.Stop != nil:
			s.stopped = true
			tell(object{"session": s.number, "stopped": object{}})
		case o.Shutdown != nil:
			go shutdown(server, s)
		case o.Close != nil:
			s.end()
			s.close()
			go func() { _ = s.server.Shutdown(s.closed) }()
			delete(sessions, s.number)
			tell(object{"session": s.number, "closed": object{}})
		}
		lock.Unlock()
	}
}

func newSession(number int) *session {
	s := &session{number: number, emitted: make(chan struct{})}
	close(s.emitted)
	s.streams, s.end = context.WithCancel(context.Background())
	s.closed, s.close = context.WithCancel(context.Background())
	replayer, err := sse.NewFiniteReplayer(1000, false)
	if err != nil {
		panic(err)
	}
	s.server = &sse.Server{
		Provider: &sse.Joe{Replayer: announcing{replayer, s}},
		OnSession: func(w http.ResponseWriter, _ *http.Request) ([]string, bool) {
			lock.Lock()
			defer lock.Unlock()
			if s.stopped {
				w.WriteHeader(http.StatusNoContent)
			}
			return nil, !s.stopped
		},
	}
	return s
}

// publish handles an emit after the session's previous one. It blocks while Joe waits for a client that does not read.
func (s *session) publish(e emit, previous, done chan struct{}) {
	defer close(done)
	<-previous
	if err := s.emit(e); err != nil {
		s.tell("refused", object{"message": err.Error()})
	} else {
		s.tell("emitted", object{})
	}
}

func (s *session) emit(e emit) (err error) {
	m := &sse.Message{Retry: time.Duration(e.Retry) * time.Millisecond}
	if e.Type != nil {
		if m.Type, err = sse.NewType(*e.Type); err != nil {
			return err
		}
	}
	if e.ID != nil {
		if m.ID, err = sse.NewID(*e.ID); err != nil {
			return err
		}
	}
	if e.Comment != nil {
		m.AppendComment(*e.Comment)
	}
	if e.Data != nil {
		m.AppendData(*e.Data)
	}
	err = s.server.Publish(m)
	if err != nil && !m.ID.IsSet() && !errors.Is(err, sse.ErrProviderClosed) {
		return nil // documented: the replayer keeps no message without an ID, but Joe still sends it
	}
	return err
}

// announcing reports a subscription while Joe creates it, so that no later event can miss it. Its Flush sends the
// response headers, which the module otherwise holds back until the first event.
type announcing struct {
	sse.Replayer
	session *session
}

func (a announcing) Replay(sub sse.Subscription) error {
	if err := a.Replayer.Replay(sub); err != nil {
		return err
	}
	a.session.tell("connected", object{"lastEventId": sub.LastEventID.String()})
	return sub.Client.Flush()
}

// handle serves one stream.
func handle(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
	lock.Lock()
	s := sessions[number]
	if s == nil {
		lock.Unlock()
		http.NotFound(w, r)
		return
	}
	streams := s.streams
	lock.Unlock()

	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(streams, cancel)()
	// A write that waits for a client that does not read ends with its session.
	control := http.NewResponseController(w)
	defer context.AfterFunc(s.closed, func() { _ = control.SetWriteDeadline(time.Now()) })()

	s.server.ServeHTTP(w, r.WithContext(ctx))
	if r.Context().Err() != nil {
		s.tell("disconnected", object{})
	}
}

// shutdown follows the module's documentation: its server shuts down with the HTTP server.
func shutdown(server *http.Server, s *session) {
	ctx := context.Background()
	server.RegisterOnShutdown(func() { _ = s.server.Shutdown(ctx) })
	_ = server.Shutdown(ctx)
	s.tell("closed", object{})
	os.Exit(0)
}

// tell reports for a session unless it is closed.
func (s *session) tell(kind string, content object) {
	lock.Lock()
	defer lock.Unlock()
	if sessions[s.number] == s {
		tell(object{"session": s.number, kind: content})
	}
}

func tell(message object) { _ = json.NewEncoder(os.Stdout).Encode(message) }

// version returns the version of the module in this binary.
func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, dep := range info.Deps {
		if dep.Path == "github.com/tmaxmax/go-sse" {
			return strings.TrimPrefix(dep.Version, "v")
		}
	}
	return ""
}
