package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// Replace this file with your server or framework. It is a minimal server, which keeps no events.

type event struct {
	Type, ID, Data, Comment *string
	Retry                   *int64
}

// A topic is an http.Handler: each request gets a stream with what is sent from then on.
type topic struct {
	connected    func(lastEventID string)
	disconnected func()
	lock         sync.Mutex
	streams      map[chan string]bool
}

func (t *topic) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != "GET" {
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flusher := http.NewResponseController(w)
	flusher.Flush()
	blocks := make(chan string, 1024)
	t.lock.Lock()
	t.streams[blocks] = true
	t.lock.Unlock()
	t.connected(r.Header.Get("Last-Event-ID"))
	for {
		select {
		case block, open := <-blocks:
			if !open {
				return
			}
			fmt.Fprint(w, block)
			flusher.Flush()
		case <-r.Context().Done():
			t.lock.Lock()
			left := t.streams[blocks]
			delete(t.streams, blocks)
			t.lock.Unlock()
			if left {
				t.disconnected()
			}
			return
		}
	}
}

// Sends to all streams. One whose client does not read is ended when its queue is full.
func (t *topic) send(e event) error {
	var text strings.Builder
	lines := func(name string, value *string) {
		if value != nil {
			value := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(*value)
			for _, line := range strings.Split(value, "\n") {
				fmt.Fprintf(&text, "%s: %s\n", name, line)
			}
		}
	}
	for _, value := range []*string{e.Type, e.ID} {
		if value != nil && strings.ContainsAny(*value, "\r\n\x00") {
			return errors.New("a type or an id is one line, without NUL")
		}
	}
	lines("", e.Comment)
	if e.Retry != nil {
		fmt.Fprintf(&text, "retry: %d\n", *e.Retry)
	}
	lines("event", e.Type)
	lines("id", e.ID)
	lines("data", e.Data)
	text.WriteString("\n")
	t.lock.Lock()
	defer t.lock.Unlock()
	for stream := range t.streams {
		select {
		case stream <- text.String():
		default:
			delete(t.streams, stream)
			close(stream)
		}
	}
	return nil
}

func (t *topic) end() {
	t.lock.Lock()
	defer t.lock.Unlock()
	for stream := range t.streams {
		delete(t.streams, stream)
		close(stream)
	}
}
