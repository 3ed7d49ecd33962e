// The ssespec adapter for the Go module github.com/r3labs/sse, with its default settings.
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

	"github.com/r3labs/sse/v2"
)

type object map[string]any

type connect struct {
	URL, CloseIn string
	Headers      map[string]string
}

var sessions sync.Map // the cancel function of each session, until it ends

func main() {
	info, _ := debug.ReadBuildInfo()
	version := ""
	for _, dep := range info.Deps {
		if dep.Path == "github.com/r3labs/sse/v2" {
			version = strings.TrimPrefix(dep.Version, "v")
		}
	}
	tell(object{"hello": object{
		"protocol": 1, "role": "client", "name": "r3labs-sse", "version": version, "language": "Go", "sessions": 64,
		"capabilities": []string{"reconnect", "close", "headers", "errors", "event-type", "event-id"},
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
			sessions.Store(order.Session, func() { cancel() })
			go run(ctx, cancel, order.Session, *order.Connect)
		} else if cancel, ok := sessions.Load(order.Session); ok && order.Close != nil {
			cancel.(func())()
		}
	}
}

// run reports what a subscription shows. It has no other way to close than its context.
func run(ctx context.Context, cancel func(), session int, c connect) {
	say := func(kind string, content object) {
		tell(object{"session": session, kind: content})
		if kind == c.CloseIn {
			cancel()
		}
	}
	client := sse.NewClient(c.URL)
	// A transport of its own for each session, because the default one shares idle connections.
	client.Connection = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	client.Headers = c.Headers
	client.ReconnectNotify = func(err error, _ time.Duration) {
		if ctx.Err() == nil {
			say("error", object{"message": err.Error()})
		}
	}
	ended := make(chan error, 1)
	go func() {
		ended <- client.SubscribeRawWithContext(ctx, func(event *sse.Event) {
			kind := string(event.Event)
			if kind == "" {
				kind = "message" // the module's representation of the default type
			}
			say("event", object{"type": kind, "dataBase64": append([]byte{}, event.Data...), "id": string(event.ID)})
		})
	}()
	select {
	case err := <-ended:
		if err != nil {
			say("error", object{"message": err.Error()})
		}
	case <-ctx.Done(): // the subscription itself returns only after 15 minutes of attempts, which the context stops at once
	}
	cancel()
	sessions.Delete(session)
	say("closed", object{})
}

var lines sync.Mutex

func tell(message object) {
	lines.Lock()
	defer lines.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(message)
}
