#!/bin/sh
# uvicorn 0.54.0 and httptools 0.9.0 (PyPI); Python 3.11.
#
# A stream requested with HTTP/1.0: with httptools, which uvicorn prefers when it is installed, the response has
# Transfer-Encoding: chunked, which a server must not send to such a client (RFC 9112, section 6.1). With h11 it has not: the
# protocol in httptools_impl.py does not look at the version of the request.
#
# Seen:
#   h11: no transfer-encoding
#   httptools: transfer-encoding: chunked
set -eu
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check uvicorn==0.54.0 httptools==0.9.0

cat > server.py <<'PY'
import socket, sys, uvicorn

async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": b"data: x\n\n", "more_body": True})
    await send({"type": "http.response.body"})

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
config = uvicorn.Config(application, http=sys.argv[1], lifespan="off", log_level="critical")
uvicorn.Server(config).run(sockets=[listener])
PY
for protocol in h11 httptools; do
  venv/bin/python server.py "$protocol" > port &
  server=$!
  until [ -s port ]; do kill -0 "$server"; sleep 0.1; done
  python3 - "$protocol" "$(cat port)" >> seen <<'PY'
import socket, sys

connection = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
head = b"".join(iter(lambda: connection.recv(1000), b"")).split(b"\r\n\r\n")[0].decode().split("\r\n")
found = [line for line in head if line.lower().startswith("transfer-encoding")]
print(f"{sys.argv[1]}:", *found or ["no transfer-encoding"])
PY
  kill "$server"
  wait "$server" || true
  server=
  rm port
done
cat seen
printf 'h11: no transfer-encoding\nhttptools: transfer-encoding: chunked\n' | cmp - seen
