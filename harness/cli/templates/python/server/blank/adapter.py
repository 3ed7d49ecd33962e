"""The ssespec adapter of a server: it takes orders on stdin, and reports on stdout what the server does, one JSON object
per line. https://github.com/ssespec/ssespec/blob/main/docs/reference/adapter-protocol.md"""

import json, sys, threading
from server import Server, block

lock = threading.Lock()


def say(session=None, **message):
    with lock:
        line = message if session is None else {"session": session, **message}
        sys.stdout.buffer.write(json.dumps(line).encode() + b"\n")
        sys.stdout.buffer.flush()


def connected(session, last_event_id):
    say(session, connected={"lastEventId": last_event_id})


def disconnected(session):
    say(session, disconnected={})


def emit(session, event):
    try:
        text = block(**event)
    except ValueError as problem:
        return say(session, refused={"message": str(problem)})
    for stream in list(server.streams.get(session, [])):
        try:
            stream.send(text)
        except OSError:
            pass  # it has left, which its own thread reports
    say(session, emitted={})


def end(streams):
    for stream in streams:
        try:
            stream.end()
        except OSError:
            pass


server = Server(connected, disconnected)
say(hello={"protocol": 1, "role": "server", "name": "my-server", "version": "0.1.0", "language": "Python", "sessions": 64,
           # What the API of the server can do.
           "capabilities": ["event-type", "event-id", "comments", "retry", "end", "disconnects"]})
for line in sys.stdin.buffer:
    order = json.loads(line)
    session = order["session"]
    if "serve" in order:
        server.streams[session] = []
        say(session, serving={"url": f"http://127.0.0.1:{server.server_port}/{session}"})
    elif "emit" in order:
        # A thread for each, so that a client that does not read delays only its own session.
        threading.Thread(target=emit, args=(session, order["emit"]), daemon=True).start()
    elif "end" in order:
        ended, server.streams[session] = server.streams[session], []
        end(ended)
    elif "close" in order:
        end(server.streams.pop(session, []))
        say(session, closed={})
