"""Starlette's GZipMiddleware, as its documentation shows it, in front of a proxy."""

import sys

import httpx
import uvicorn
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

# The fields that concern one connection only, https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1.
HOP_BY_HOP = {b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"}

PORT, UPSTREAM = int(sys.argv[1]), sys.argv[2]
CLIENT = httpx.AsyncClient(timeout=None, limits=httpx.Limits(max_connections=None, max_keepalive_connections=0), trust_env=False)


def end_to_end(fields):
    fields = [(name.lower(), value) for name, value in fields]
    named = {one.strip() for name, value in fields if name == b"connection" for one in value.lower().split(b",")}
    return [(name, value) for name, value in fields if name not in HOP_BY_HOP | named]


async def forward(request: Request) -> Response:
    path = request.scope["raw_path"].decode("ascii")
    query = request.scope["query_string"].decode("ascii")
    url = f"http://{UPSTREAM}{path}" + (f"?{query}" if query else "")
    asked = httpx.Request(request.method, url, headers=end_to_end(request.headers.raw), content=await request.body())
    try:
        response = await CLIENT.send(asked, stream=True)
    except httpx.RequestError:
        return Response(status_code=502)

    async def content():
        try:
            async for piece in response.aiter_raw():
                yield piece
        finally:
            await response.aclose()

    forwarded = StreamingResponse(content(), status_code=response.status_code)
    forwarded.raw_headers = end_to_end(response.headers.raw)
    return forwarded


async def proxy(scope, receive, send):
    response = await forward(Request(scope, receive))
    await response(scope, receive, send)


uvicorn.run(
    GZipMiddleware(proxy),
    host="127.0.0.1",
    port=PORT,
    log_level="error",
    date_header=False,
    server_header=False,
    lifespan="off",
)
