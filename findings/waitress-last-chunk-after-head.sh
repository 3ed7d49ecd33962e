#!/bin/sh
# waitress 3.0.2 (PyPI); Python 3.11.
#
# The response to HEAD, for an application that returns an iterator: waitress writes the last chunk of a chunked body after the
# head, although a response to HEAD ends with its head (RFC 9112, section 6.3). `WSGITask.finish` writes it whenever the response
# has Transfer-Encoding: chunked, and `has_body` looks at the status only. It also closes the connection, so no later response
# is damaged.
#
# Seen, after the empty line: 0\r\n\r\n
set -eu
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check waitress==3.0.2

cat > server.py <<'PY'
import waitress

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/event-stream")])
    return iter([]) if environ["REQUEST_METHOD"] == "HEAD" else iter([b"data: x\n\n"])

server = waitress.create_server(application, host="127.0.0.1", port=0)
print(server.effective_port, flush=True)
server.run()
PY
venv/bin/python server.py > port &
server=$!
until [ -s port ]; do kill -0 "$server"; sleep 0.1; done
python3 - "$(cat port)" > seen <<'PY'
import socket, sys

connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
connection.sendall(b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
response = b"".join(iter(lambda: connection.recv(1000), b""))
print("after the empty line:", repr(response.split(b"\r\n\r\n", 1)[1]))
PY
cat seen
grep -qxF "after the empty line: b'0\\r\\n\\r\\n'" seen
