// The ssespec adapter of a client: it takes orders on stdin, and reports on stdout what the client does, one JSON object per
// line. https://github.com/ssespec/ssespec/blob/main/docs/reference/adapter-protocol.md
package main

import (
	"context"
	"encoding/json"
	"os"
	"sync"
)

type fields map[string]any

func main() {
	var out, running sync.Mutex
	say := func(message fields) {
		out.Lock()
		defer out.Unlock()
		json.NewEncoder(os.Stdout).Encode(message)
	}
	closers := map[int]context.CancelFunc{}
	say(fields{"hello": fields{"protocol": 1, "role": "client", "name": "my-client", "version": "0.1.0", "language": "Go", "sessions": 64,
		// What the API of the client can do or show.
		"capabilities": []string{"requests", "close", "errors", "headers", "event-type", "event-id", "own-id"}}})
	orders := json.NewDecoder(os.Stdin)
	for {
		var order struct {
			Session int
			Connect *struct {
				URL     string
				Headers map[string]string
			}
			Close *struct{}
		}
		if orders.Decode(&order) != nil {
			return
		}
		session := order.Session
		running.Lock()
		if closes := closers[session]; order.Close != nil && closes != nil {
			closes()
		}
		if order.Connect != nil {
			ctx, cancel := context.WithCancel(context.Background())
			closers[session] = cancel
			go func() {
				err := read(ctx, order.Connect.URL, order.Connect.Headers, func(kind, data, id string) {
					if kind == "" {
						kind = "message"
					}
					if ctx.Err() == nil {
						say(fields{"session": session, "event": fields{"type": kind, "data": data, "id": id}})
					}
				})
				if err != nil && ctx.Err() == nil {
					say(fields{"session": session, "error": fields{"message": err.Error()}})
				}
				running.Lock()
				delete(closers, session)
				running.Unlock()
				cancel()
				say(fields{"session": session, "closed": fields{}}) // exactly once, however it ended
			}()
		}
		running.Unlock()
	}
}
