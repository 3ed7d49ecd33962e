// httputil.ReverseProxy of the Go standard library, as its documentation shows it.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"runtime"
)

func main() {
	listen := flag.String("listen", "", "the address on which it listens")
	upstream := flag.String("upstream", "", "the address to which it forwards")
	version := flag.Bool("version", false, "print the version of Go, which ReverseProxy is a part of")
	flag.Parse()
	if *version {
		fmt.Println(runtime.Version())
		return
	}
	target := &url.URL{Scheme: "http", Host: *upstream}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) { request.SetURL(target) },
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: proxy, Protocols: protocols}
	log.Fatal(server.Serve(listener))
}
