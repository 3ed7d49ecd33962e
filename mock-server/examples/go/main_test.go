package resume

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

var mockURL string

// TestMain starts `ssespec mock` for all tests, and fails if the scenario's expectations were not met.
func TestMain(m *testing.M) {
	server := exec.Command("ssespec", "mock", "drop-and-resume.toml", "--verify", "--print-url")
	server.Stderr = os.Stderr
	output, _ := server.StdoutPipe()
	if err := server.Start(); err != nil {
		panic(err)
	}
	line, _ := bufio.NewReader(output).ReadString('\n')
	mockURL = strings.TrimSpace(line)
	status := m.Run()
	server.Process.Signal(os.Interrupt)
	if err := server.Wait(); err != nil && status == 0 {
		status = 1
	}
	os.Exit(status)
}

func TestResumesAfterADroppedConnection(t *testing.T) {
	events, err := Read(mockURL+"stream", 2)
	if got := fmt.Sprint(events, err); got != "[first second] <nil>" {
		t.Fatal(got)
	}
}
