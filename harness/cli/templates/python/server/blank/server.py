"""Replace this file with your server or framework. It is a minimal server, which keeps no events."""

import re, select, socket, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """Serves a stream at /NUMBER for each number in `streams`, and calls back when a client has come or left."""

    daemon_threads, request_queue_size = True, 1024

    def __init__(self, connected, disconnected):
        super().__init__(("127.0.0.1", 0), Stream)
        self.streams, self.connected, self.disconnected = {}, connected, disconnected
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Stream(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        number = int(self.path[1:])
        streams = self.server.streams.get(number)
        if streams is None:
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        streams.append(self)
        self.server.connected(number, self.headers.get("Last-Event-ID", ""))
        # A client that leaves closes its connection, or resets it.
        select.select([self.connection], [], [])
        if self in self.server.streams.get(number, []):
            streams.remove(self)
            self.server.disconnected(number)

    def send(self, text):
        self.connection.sendall(text.encode())

    def end(self):
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *arguments):
        pass


def block(type=None, id=None, data=None, comment=None, retry=None):
    """The text of an event, a comment or a reconnection time."""
    if re.search(r"[\r\n\0]", (type or "") + (id or "")):
        raise ValueError("a type or an id is one line, without NUL")
    lines = [] if comment is None else [f": {line}" for line in re.split(r"\r\n|\r|\n", comment)]
    lines += [f"{name}: {value}" for name, value in [("retry", retry), ("event", type), ("id", id)] if value is not None]
    lines += [] if data is None else [f"data: {line}" for line in re.split(r"\r\n|\r|\n", data)]
    return "\n".join(lines) + "\n\n"
