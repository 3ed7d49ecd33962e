// The ssespec adapter for the Go module github.com/tmaxmax/go-sse, with its default settings.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
// nothing and hides nothing: the harness sees whatever the connection shows after its end.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/tmaxmax/go-sse"
)

type order struct {
	Session int
	Connect *struct {
		URL     string
		Headers map[string]string
		Method  string
		Body    string
		CloseIn string
		Pause   bool
		HTTP2   bool
		CAFile  string
	}
	Close *struct{}
}

type object map[string]any

func main() {
	tell(object{"hello": object{
		"protocol": 1, "role": "client", "name": "go-sse", "version": version(), "language": "Go",
		"sessions": 64,
		"capabilities": []string{
			"reconnect", "close", "headers", "methods", "errors", "event-type", "event-id", "http2", "tls", "pause",
		},
	}})
	for orders := json.NewDecoder(os.Stdin); ; {
		var o order
		if orders.Decode(&o) != nil {
			return // stdin has ended
		}
		if o.Connect != nil {
			ctx, cancel := context.WithCancel(context.Background())
			sessions.Store(o.Session, cancel)
			go connect(ctx, cancel, o)
		} else if cancel, ok := sessions.Load(o.Session); ok && o.Close != nil {
			cancel.(context.CancelFunc)()
		}
	}
}

// sessions holds the cancel function of each session until it ends.
var sessions sync.Map

// connect runs one session; canceling its context is the documented way to close.
func connect(ctx context.Context, cancel func(), o order) {
	report := func(kind string, content object) {
		tell(object{"session": o.Session, kind: content})
		if kind == o.Connect.CloseIn {
			cancel()
		}
	}
	transport, err := transportFor(o.Connect.HTTP2, o.Connect.CAFile)
	if err == nil && !o.Connect.HTTP2 {
		defer transport.CloseIdleConnections()
	}
	defer report("closed", object{})
	defer sessions.Delete(o.Session)
	defer cancel()
	if err != nil {
		report("error", object{"message": err.Error()})
		return
	}

	body := strings.NewReader(o.Connect.Body)
	req, err := http.NewRequestWithContext(ctx, o.Connect.Method, o.Connect.URL, body)
	if err != nil {
		report("error", object{"message": err.Error()})
		return
	}
	for name, value := range o.Connect.Headers {
		req.Header.Set(name, value)
	}
	client := sse.Client{
		HTTPClient: &http.Client{Transport: transport},
		OnRetry:    func(err error, _ time.Duration) { report("error", object{"message": err.Error()}) },
	}
	conn := client.NewConnection(req)
	conn.SubscribeToAll(func(e sse.Event) {
		report("event", event(e))
		if o.Connect.Pause {
			<-ctx.Done() // close ends it
		}
	})
	if err := conn.Connect(); err != nil && ctx.Err() == nil {
		report("error", object{"message": err.Error()})
	}
}

// overHTTP2 holds a transport for each file of certificates, whose connections all sessions share.
var overHTTP2 = struct {
	sync.Mutex
	transports map[string]*http.Transport
}{transports: map[string]*http.Transport{}}

// transportFor returns a transport for the version of HTTP and the certificate to trust. Over HTTP/1.1 each session has its
// own, because the default one shares idle connections.
func transportFor(http2 bool, caFile string) (*http.Transport, error) {
	if !http2 {
		return newTransport(false, caFile)
	}
	overHTTP2.Lock()
	defer overHTTP2.Unlock()
	if transport, ok := overHTTP2.transports[caFile]; ok {
		return transport, nil
	}
	transport, err := newTransport(true, caFile)
	if err == nil {
		overHTTP2.transports[caFile] = transport
	}
	return transport, err
}

func newTransport(http2 bool, caFile string) (*http.Transport, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Protocols = new(http.Protocols)
	// Over TLS the server chooses, as by default.
	transport.Protocols.SetHTTP1(!http2 || caFile != "")
	transport.Protocols.SetHTTP2(http2)
	transport.Protocols.SetUnencryptedHTTP2(http2)
	if caFile == "" {
		return transport, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	return transport, nil
}

func event(e sse.Event) object {
	shown := object{"type": e.Type, "id": e.LastEventID}
	if e.Type == "" {
		shown["type"] = "message" // the module's documented representation of the default type
	}
	if utf8.ValidString(e.Data) {
		shown["data"] = e.Data
	} else {
		shown["dataBase64"] = []byte(e.Data)
	}
	return shown
}

var lines sync.Mutex

func tell(message object) {
	lines.Lock()
	defer lines.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(message)
}

// version returns the version of the module in this binary.
func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, dep := range info.Deps {
		if dep.Path == "github.com/tmaxmax/go-sse" {
			return strings.TrimPrefix(dep.Version, "v")
		}
	}
	return ""
}
