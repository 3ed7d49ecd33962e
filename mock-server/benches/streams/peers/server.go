// Go's net/http sending the events of the benchmark: go run server.go
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	event := []byte(os.Getenv("EVENT"))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parts := strings.Split(r.URL.Path, "/")
		count, _ := strconv.Atoi(parts[2])
		w.Header().Set("content-type", "text/event-stream")
		w.Header().Set("cache-control", "no-store")
		control := http.NewResponseController(w)
		w.Write(event)
		control.Flush()
		for sent := 1; sent < count; sent++ {
			if parts[1] != "flat" {
				time.Sleep(100 * time.Millisecond)
			}
			if _, err := w.Write(event); err != nil {
				return
			}
			control.Flush()
		}
		if parts[1] != "flat" {
			<-r.Context().Done()
		}
	}))
}
