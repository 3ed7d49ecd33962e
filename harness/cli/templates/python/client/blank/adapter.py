"""The ssespec adapter of a client: it takes orders on stdin, and reports on stdout what the client does, one JSON object
per line. https://github.com/ssespec/ssespec/blob/main/docs/reference/adapter-protocol.md"""

import http.client, json, re, socket, sys, threading
from urllib.parse import urlsplit


class Client:
    """Replace this class with your client. It is a minimal reader, which does not reconnect."""

    def __init__(self, url, headers):
        self.url, self.headers, self.closed = urlsplit(url), headers, False
        self.connection = http.client.HTTPConnection(self.url.netloc)

    def events(self):
        self.connection.connect()
        self.socket = self.connection.sock
        self.connection.request("GET", self.url.path, headers={"Accept": "text/event-stream"} | self.headers)
        response = self.connection.getresponse()
        kind = response.headers.get("content-type", "")
        if response.status != 200 or not re.match(r"text/event-stream\s*(;|$)", kind, re.I):
            raise OSError(f"status {response.status}, content type {kind!r}")
        event, rest = {}, b""
        while not self.closed and (part := response.read1(65536)):
            *lines, rest = re.split(rb"\r\n|\n|\r(?!$)", rest + part)  # a final CR may be half of a CRLF
            for line in lines:
                field, _, value = line.decode("utf-8", "replace").partition(":")
                value = value.removeprefix(" ")
                if not line:
                    if "data" in event:
                        yield event
                    event = {}
                elif field == "data":
                    event["data"] = event["data"] + "\n" + value if "data" in event else value
                elif field in ("event", "id") and "\0" not in value:
                    event[field] = value

    def close(self):
        self.closed = True
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except (AttributeError, OSError):
            pass  # not connected yet, or not any more


lock, clients = threading.Lock(), {}


def say(**message):
    with lock:
        sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
        sys.stdout.buffer.flush()


def live(session, client):
    try:
        for event in client.events():
            if client.closed:
                break
            kind, id = event.get("event") or "message", event.get("id", "")
            say(session=session, event={"type": kind, "data": event["data"], "id": id})
    except (OSError, http.client.HTTPException) as problem:
        if not client.closed:
            say(session=session, error={"message": str(problem)})
    clients.pop(session, None)
    client.connection.close()
    say(session=session, closed={})  # exactly once, however it ended


say(hello={"protocol": 1, "role": "client", "name": "my-client", "version": "0.1.0", "language": "Python", "sessions": 64,
           # What the API of the client can do or show.
           "capabilities": ["requests", "close", "errors", "headers", "event-type", "event-id", "own-id"]})
for line in sys.stdin.buffer:
    order = json.loads(line)
    session = order["session"]
    if "connect" in order:
        client = clients[session] = Client(order["connect"]["url"], order["connect"].get("headers") or {})
        threading.Thread(target=live, args=(session, client), daemon=True).start()
    elif "close" in order and (client := clients.get(session)):
        client.close()
