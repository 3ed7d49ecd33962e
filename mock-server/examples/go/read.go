// Package resume reads a stream across lost connections.
package resume

import (
	"bufio"
	"net/http"
	"strings"
)

// Read returns the data of the first events, and reconnects after the last one that it has.
func Read(url string, count int) ([]string, error) {
	var events []string
	id := ""
	for len(events) < count {
		request, err := http.NewRequest("GET", url, nil)
		if err != nil {
			return events, err
		}
		request.Header.Set("Last-Event-ID", id)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			continue
		}
		data, newID := "", id
		for lines := bufio.NewScanner(response.Body); len(events) < count && lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case name == "id":
				newID = value
			case name == "data":
				data = value
			case name == "" && data != "":
				events, id, data = append(events, data), newID, ""
			}
		}
		response.Body.Close()
	}
	return events, nil
}
