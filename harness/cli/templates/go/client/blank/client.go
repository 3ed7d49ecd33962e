package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
)

// Replace this function with your client. It is a minimal reader, which does not reconnect.
func read(ctx context.Context, url string, headers map[string]string, onEvent func(kind, data, id string)) error {
	request, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "text/event-stream")
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	// A transport of its own, so that sessions share no connection.
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	if response.StatusCode != 200 || !strings.EqualFold(strings.TrimSpace(kind), "text/event-stream") {
		return fmt.Errorf("%s, content type %q", response.Status, kind)
	}
	var event, id string
	var data []string
	lines := bufio.NewScanner(response.Body) // splits at LF and CRLF only, as many readers do
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case lines.Text() == "":
			if data != nil {
				onEvent(event, strings.Join(data, "\n"), id)
			}
			event, id, data = "", "", nil
		case field == "data":
			data = append(data, value)
		case field == "event":
			event = value
		case field == "id" && !strings.Contains(value, "\x00"):
			id = value
		}
	}
	return lines.Err()
}
