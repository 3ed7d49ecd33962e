// The ssespec adapter for the Go module github.com/gin-gonic/gin, whose events github.com/gin-contrib/sse encodes.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
// nothing. In gin, a stream's queue is up to the application; this one has no limit. There is no way to send
// a comment, or a reconnection time without an event, so there are no such capabilities.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-contrib/sse"
	"github.com/gin-gonic/gin"
)

type order struct {
	Session                    int
	Serve, End, Stop, Shutdown *struct{}
	Close                      *struct{}
	Emit                       *struct{ Type, ID, Data string } // gin treats an empty type or ID as absent
}

type object map[string]any

// session runs between serve and close.
type session struct {
	number  int
	streams []*stream
	stopped bool
}

// stream is the queue of one client. A message on news signals that something has changed.
type stream struct {
	events []sse.Event
	ended  bool
	news   chan struct{}
}

var (
	lock     sync.Mutex
	sessions = map[int]*session{}
)

func main() {
	tell(object{"hello": object{
		"protocol": 1, "role": "server", "name": "gin", "version": version(), "language": "Go",
		"sessions":     64,
		"capabilities": []string{"event-type", "event-id", "end", "disconnects", "no-content", "shutdown", "http2"},
	}})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.UseH2C = true
	engine.GET("/:session", handle)
	server := &http.Server{Handler: engine.Handler()}
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
			sessions[o.Session] = &session{number: o.Session}
			tell(object{"session": o.Session, "serving": object{
				"url": fmt.Sprintf("http://%s/%d", listener.Addr(), o.Session),
			}})
		case s == nil:
		case o.Emit != nil:
			for _, stream := range s.streams {
				stream.events = append(stream.events, sse.Event{Event: o.Emit.Type, Id: o.Emit.ID, Data: o.Emit.Data})
				stream.wake()
			}
			tell(object{"session": s.number, "emitted": object{}})
		case o.End != nil:
			s.end()
		case o.Stop != nil:
			s.stopped = true
			tell(object{"session": s.number, "stopped": object{}})
		case o.Shutdown != nil:
			go shutdown(server, s.number)
		case o.Close != nil:
			s.end()
			delete(sessions, s.number)
			tell(object{"session": s.number, "closed": object{}})
		}
		lock.Unlock()
	}
}

// handle serves one stream.
func handle(c *gin.Context) {
	number, _ := strconv.Atoi(c.Param("session"))
	lock.Lock()
	s := sessions[number]
	if s == nil {
		lock.Unlock()
		c.Status(http.StatusNotFound)
		return
	}
	if s.stopped {
		lock.Unlock()
		c.Status(http.StatusNoContent)
		return
	}
	mine := &stream{news: make(chan struct{}, 1)}
	s.streams = append(s.streams, mine)
	tell(object{"session": s.number, "connected": object{"lastEventId": c.GetHeader("Last-Event-ID")}})
	lock.Unlock()

	sse.Event{}.WriteContentType(c.Writer)
	c.Writer.Flush() // the headers, which gin otherwise holds back until the first event
	c.Stream(func(io.Writer) bool {
		event, ok := mine.next(c.Request.Context())
		if ok {
			c.Render(-1, event)
		}
		return ok
	})

	lock.Lock()
	defer lock.Unlock()
	if !mine.ended && sessions[number] == s {
		tell(object{"session": s.number, "disconnected": object{}})
		s.streams = slices.DeleteFunc(s.streams, func(s *stream) bool { return s == mine })
	}
}

// next waits for an event. It returns false once the stream has ended or its client has disconnected.
func (s *stream) next(client context.Context) (event sse.Event, ok bool) {
	for {
		lock.Lock()
		if len(s.events) > 0 {
			event, s.events = s.events[0], s.events[1:]
			lock.Unlock()
			return event, true
		}
		ended := s.ended
		lock.Unlock()
		if ended {
			return event, false
		}
		select {
		case <-s.news:
		case <-client.Done():
			return event, false
		}
	}
}

func (s *stream) wake() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

func (s *session) end() {
	for _, stream := range s.streams {
		stream.ended = true
		stream.wake()
	}
	s.streams = nil
}

// shutdown follows the gin documentation, including its five seconds.
func shutdown(server *http.Server, number int) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = server.Shutdown(ctx)
	lock.Lock()
	if sessions[number] != nil {
		tell(object{"session": number, "closed": object{}})
	}
	os.Exit(0)
}

func tell(message object) { _ = json.NewEncoder(os.Stdout).Encode(message) }

// version returns the version of gin in this binary.
func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, dep := range info.Deps {
		if dep.Path == "github.com/gin-gonic/gin" {
			return strings.TrimPrefix(dep.Version, "v")
		}
	}
	return ""
}
