#!/bin/sh
# Go 1.26.8, httputil.ReverseProxy over HTTP/1.1.
#
# A stream that answers a POST is broken off now and then although neither client nor origin leaves: about 4 of 10,000 here. When the
# response begins, the server closes the content of the request (net/http, server.go). The transport has sent all of it by then, but still
# looks whether more follows than Content-Length says (transfer.go, writeBody). It takes the closed content for a failure, and closes the
# connection to the origin in the middle of the response. The origin has to answer quickly, and to go on later, as event streams do.
#
# Seen: streams were broken off: true; by: http: invalid Read on closed Body
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > go.mod <<'MOD'
module finding

go 1.26
MOD
cat > main.go <<'GO'
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Sends the head as soon as the request has come, and the event a little later.
func origin(connection net.Conn) {
	defer connection.Close()
	request, err := http.ReadRequest(bufio.NewReader(connection))
	if err != nil {
		return
	}
	io.Copy(io.Discard, request.Body)
	io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
	time.Sleep(5 * time.Millisecond)
	io.WriteString(connection, "9\r\ndata: a\n\n\r\n0\r\n\r\n")
	io.Copy(io.Discard, connection)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go origin(connection)
		}
	}()
	var failures sync.Map
	trace := &httptrace.ClientTrace{WroteRequest: func(wrote httptrace.WroteRequestInfo) {
		if wrote.Err != nil {
			failures.Store(wrote.Err.Error(), true)
		}
	}}
	target := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) {
			request.SetURL(target)
			request.Out = request.Out.WithContext(httptrace.WithClientTrace(request.Out.Context(), trace))
		},
		Transport: &http.Transport{DisableKeepAlives: true},
		ErrorLog:  log.New(io.Discard, "", 0),
	})
	var cut atomic.Int64
	var clients sync.WaitGroup
	for range 32 {
		clients.Go(func() {
			for range 10000 {
				if cut.Load() >= 3 {
					return
				}
				response, err := http.Post(proxy.URL, "text/plain", strings.NewReader("ask"))
				if err != nil {
					panic(err)
				}
				content, _ := io.ReadAll(response.Body)
				response.Body.Close()
				if string(content) != "data: a\n\n" {
					cut.Add(1)
				}
			}
		})
	}
	clients.Wait()
	reasons := []string{}
	failures.Range(func(reason, _ any) bool {
		reasons = append(reasons, reason.(string))
		return true
	})
	fmt.Printf("streams were broken off: %v; by: %s\n", cut.Load() > 0, strings.Join(reasons, ", "))
}
GO
GOTOOLCHAIN=go1.26.8 go run . > seen
cat seen
grep -qxF "streams were broken off: true; by: http: invalid Read on closed Body" seen
