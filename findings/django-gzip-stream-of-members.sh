#!/bin/sh
# Django 5.2.8, uvicorn 0.54.0 and httpx 0.28.1 (PyPI); Python 3.11.
#
# An asynchronous stream through Django's GZipMiddleware: each piece becomes a member of gzip of its own, in the response of one
# request. A file may have several members (RFC 1952, section 2.2), and Python's gzip module reads them all. httpx stops at the end
# of the first one: of three events a client gets one, and no error.
#
# Seen:
#   members: 3
#   gzip.decompress: 3 events
#   httpx: 1 events
set -eu
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check django==5.2.8 uvicorn==0.54.0 httpx==0.28.1

cat > server.py <<'PY'
import socket, uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import StreamingHttpResponse
from django.urls import path

async def events():
    for number in range(3):
        yield f"data: {number}\n\n"

async def stream(request):
    return StreamingHttpResponse(events(), content_type="text/event-stream")

urlpatterns = [path("", stream)]
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=["django.middleware.gzip.GZipMiddleware"])
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(get_asgi_application(), lifespan="off", log_level="critical")).run(sockets=[listener])
PY
venv/bin/python server.py > port &
server=$!
until [ -s port ]; do kill -0 "$server"; sleep 0.1; done
venv/bin/python - "$(cat port)" > seen <<'PY'
import gzip, sys, zlib
import httpx

url = f"http://127.0.0.1:{sys.argv[1]}/"
with httpx.Client(trust_env=False) as client:
    with client.stream("GET", url, headers={"accept-encoding": "gzip"}) as response:
        raw = b"".join(response.iter_raw())
    decoded = client.get(url, headers={"accept-encoding": "gzip"}).text
rest, members = raw, 0
while rest:
    member = zlib.decompressobj(31)
    member.decompress(rest)
    rest, members = member.unused_data, members + 1
print("members:", members)
print("gzip.decompress:", gzip.decompress(raw).count(b"data:"), "events")
print("httpx:", decoded.count("data:"), "events")
PY
cat seen
printf 'members: 3\ngzip.decompress: 3 events\nhttpx: 1 events\n' | cmp - seen
