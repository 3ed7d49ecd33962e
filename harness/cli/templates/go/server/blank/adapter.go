// The ssespec adapter of a server: it takes orders on stdin, and reports on stdout what the server does, one JSON object per
// line. https://github.com/ssespec/ssespec/blob/main/docs/reference/adapter-protocol.md
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
)

type fields map[string]any

func main() {
	var out sync.Mutex
	var topics sync.Map // from the number of a session to its topic
	say := func(message fields) {
		out.Lock()
		defer out.Unlock()
		json.NewEncoder(os.Stdout).Encode(message)
	}
	find := func(session int) *topic {
		found, _ := topics.Load(session)
		topic, _ := found.(*topic)
		return topic
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, _ := strconv.Atoi(r.URL.Path[1:])
		if topic := find(session); topic == nil {
			http.NotFound(w, r)
		} else {
			topic.ServeHTTP(w, r)
		}
	}))
	say(fields{"hello": fields{"protocol": 1, "role": "server", "name": "my-server", "version": "0.1.0", "language": "Go", "sessions": 64,
		// What the API of the server can do.
		"capabilities": []string{"event-type", "event-id", "comments", "retry", "end", "disconnects"}}})
	orders := json.NewDecoder(os.Stdin)
	for {
		var order struct {
			Session           int
			Serve, End, Close *struct{}
			Emit              *event
		}
		if orders.Decode(&order) != nil {
			return
		}
		session, served := order.Session, find(order.Session)
		answer := func(kind string, content fields) { say(fields{"session": session, kind: content}) }
		switch {
		case order.Serve != nil:
			topics.Store(session, &topic{
				connected:    func(id string) { answer("connected", fields{"lastEventId": id}) },
				disconnected: func() { answer("disconnected", fields{}) },
				streams:      map[chan string]bool{},
			})
			answer("serving", fields{"url": fmt.Sprintf("http://%s/%d", listener.Addr(), session)})
		case served == nil:
		case order.Emit != nil:
			if err := served.send(*order.Emit); err != nil {
				answer("refused", fields{"message": err.Error()})
			} else {
				answer("emitted", fields{})
			}
		case order.End != nil:
			served.end()
		case order.Close != nil:
			topics.Delete(session)
			served.end()
			answer("closed", fields{})
		}
	}
}
