// The middleware gin-contrib/gzip in front of a proxy, in a Gin application. The proxy is httputil.ReverseProxy, which passes
// event streams on; it asks the origin for no coding, so that the codings are those of the middleware.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/gin-contrib/gzip"
	"github.com/gin-gonic/gin"
)

func main() {
	listen := flag.String("listen", "", "the address on which it listens")
	upstream := flag.String("upstream", "", "the address to which it forwards")
	recommended := flag.Bool("recommended", false, "compress no event streams, and let responses break off")
	version := flag.Bool("version", false, "print the version of the middleware")
	flag.Parse()
	if *version {
		fmt.Println(versionOf("github.com/gin-contrib/gzip"))
		return
	}

	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	if *recommended {
		// Without gin.Recovery: net/http recovers itself, and knows the panic with which ReverseProxy breaks a response off.
		engine.Use(gzip.Gzip(gzip.DefaultCompression, gzip.WithCustomShouldCompressFn(isNoEventStream)))
	} else {
		// What gin.Default has, without its log.
		engine.Use(gin.Recovery(), gzip.Gzip(gzip.DefaultCompression))
	}
	engine.NoRoute(gin.WrapH(proxy(*upstream)))

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: engine, Protocols: protocols}
	log.Fatal(server.Serve(listener))
}

func proxy(upstream string) http.Handler {
	target := &url.URL{Scheme: "http", Host: upstream}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true
	return &httputil.ReverseProxy{
		Rewrite:   func(request *httputil.ProxyRequest) { request.SetURL(target) },
		Transport: transport,
	}
}

func isNoEventStream(context *gin.Context) bool {
	return strings.Contains(context.GetHeader("Accept-Encoding"), "gzip") &&
		!strings.Contains(context.GetHeader("Accept"), "text/event-stream")
}

func versionOf(path string) string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version
		}
	}
	return "unknown"
}
