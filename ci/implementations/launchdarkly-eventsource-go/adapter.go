// The ssespec adapter for the Go module github.com/launchdarkly/eventsource, with its default settings.
package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/launchdarkly/eventsource"
)

type object map[string]any

type connect struct {
	URL, LastEventID, Method, Body, CloseIn string
	Headers                                 map[string]string
	ReadTimeout                             int64
	Pause                                   bool
}

var sessions sync.Map // what closes each session, until it ends

func main() {
	info, _ := debug.ReadBuildInfo()
	tell(object{"hello": object{
		"protocol": 1, "role": "client", "name": "launchdarkly-eventsource-go", "language": "Go", "sessions": 64,
		"version": strings.TrimPrefix(info.Deps[0].Version, "v"),
		"capabilities": []string{"reconnect", "close", "initial-last-event-id", "headers", "methods", "errors", "event-type",
			"event-id", "read-timeout", "pause"},
	}})
	for orders := json.NewDecoder(os.Stdin); ; {
		var order struct {
			Session int
			Connect *connect
			Close   *object
		}
		if orders.Decode(&order) != nil {
			return // stdin has ended
		}
		if order.Connect != nil {
			ctx, cancel := context.WithCancel(context.Background())
			sessions.Store(order.Session, func() { cancel() }) // until there is a stream, only the request can be canceled
			go run(ctx, order.Session, *order.Connect)
		} else if closing, ok := sessions.Load(order.Session); ok && order.Close != nil {
			closing.(func())()
		}
	}
}

func run(ctx context.Context, session int, c connect) {
	closing := func() {}
	say := func(kind string, content object) {
		tell(object{"session": session, kind: content})
		if kind == c.CloseIn {
			closing()
		}
	}
	defer say("closed", object{})
	defer sessions.Delete(session)
	request, err := http.NewRequestWithContext(ctx, c.Method, c.URL, strings.NewReader(c.Body))
	if err != nil {
		say("error", object{"message": err.Error()})
		return
	}
	for name, value := range c.Headers {
		request.Header.Set(name, value)
	}
	stream, err := eventsource.SubscribeWithRequestAndOptions(request,
		// A client of its own for each session, because the default one shares idle connections.
		eventsource.StreamOptionHTTPClient(&http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}),
		eventsource.StreamOptionLastEventID(c.LastEventID),
		eventsource.StreamOptionReadTimeout(time.Duration(c.ReadTimeout)*time.Millisecond),
	)
	if err != nil {
		if ctx.Err() == nil {
			say("error", object{"message": err.Error()})
		}
		return
	}
	done := make(chan struct{})
	closing = stream.Close
	sessions.Store(session, sync.OnceFunc(func() { stream.Close(); close(done) }))
	if ctx.Err() != nil {
		stream.Close() // it was closed while it connected
		return
	}
	for events, errs := stream.Events, stream.Errors; events != nil; {
		select {
		case <-done: // without waiting for the end of Events, which does not come if an event waits at Close
			return
		case event, ok := <-events:
			if !ok {
				events = nil
				break
			}
			kind := event.Event()
			if kind == "" {
				kind = "message" // the module's representation of the default type
			}
			say("event", object{"type": kind, "dataBase64": []byte(event.Data()), "id": event.(eventsource.EventWithLastID).LastEventID()})
			if c.Pause {
				<-done
			}
		case err, ok := <-errs:
			if !ok {
				errs = nil
			} else {
				say("error", object{"message": err.Error()})
			}
		}
	}
}

var lines sync.Mutex

func tell(message object) {
	lines.Lock()
	defer lines.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(message)
}
