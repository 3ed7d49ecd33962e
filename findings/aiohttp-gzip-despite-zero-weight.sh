#!/bin/sh
# aiohttp 3.14.5 (PyPI); Python 3.11.
#
# `StreamResponse.enable_compression()` compresses a response for a client whose Accept-Encoding is `gzip;q=0`, which excludes gzip
# (RFC 9110, section 12.4.2). aiohttp looks for the name of the coding anywhere in the value of the field and reads no weight.
# The client therefore cannot switch compression off by naming it.
#
# Seen: gzip;q=0 -> gzip
set -eu
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aiohttp==3.14.5

cat > server.py <<'PY'
import asyncio
from aiohttp import web

async def events(request):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    response.enable_compression()
    await response.prepare(request)
    await response.write(b"data: x\n\n")
    return response

async def main():
    application = web.Application()
    application.router.add_get("/", events)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
PY
venv/bin/python server.py > port &
server=$!
until [ -s port ]; do kill -0 "$server"; sleep 0.1; done
python3 - "$(cat port)" > seen <<'PY'
import http.client, sys

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
connection.request("GET", "/", headers={"Accept-Encoding": "gzip;q=0"})
print("gzip;q=0 ->", connection.getresponse().getheader("Content-Encoding"))
PY
cat seen
grep -qxF "gzip;q=0 -> gzip" seen
