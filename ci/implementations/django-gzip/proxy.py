"""Django's GZipMiddleware in front of a proxy: as its documentation shows it, or without event streams."""

import logging
import sys

import django
import httpx
import uvicorn
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.middleware.gzip import GZipMiddleware
from django.urls import re_path

# The fields that concern one connection only, https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1.
HOP_BY_HOP = {b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"}

PORT, UPSTREAM, VARIANT = int(sys.argv[1]), sys.argv[2], sys.argv[3]
CLIENT = httpx.AsyncClient(timeout=None, limits=httpx.Limits(max_connections=None, max_keepalive_connections=0), trust_env=False)


class GZipWithoutEventStreams(GZipMiddleware):
    def process_response(self, request, response):
        if response.headers.get("content-type", "").lower().startswith("text/event-stream"):
            return response
        return super().process_response(request, response)


def end_to_end(fields):
    fields = [(name.lower(), value) for name, value in fields]
    named = {one.strip() for name, value in fields if name == b"connection" for one in value.lower().split(b",")}
    return [(name, value) for name, value in fields if name not in HOP_BY_HOP | named]


async def forward(request: ASGIRequest) -> HttpResponse:
    path = request.scope["raw_path"].decode("ascii")
    query = request.scope["query_string"].decode("ascii")
    url = f"http://{UPSTREAM}{path}" + (f"?{query}" if query else "")
    asked = httpx.Request(request.method, url, headers=end_to_end(request.scope["headers"]), content=request.body)
    try:
        response = await CLIENT.send(asked, stream=True)
    except httpx.RequestError:
        return HttpResponse(status=502)

    async def content():
        try:
            async for piece in response.aiter_raw():
                yield piece
        finally:
            await response.aclose()

    forwarded = StreamingHttpResponse(content(), status=response.status_code)
    del forwarded.headers["content-type"]
    for name, value in end_to_end(response.headers.raw):
        if name == b"set-cookie":
            # Of all other fields, Django has one of a name.
            forwarded.cookies.load(value.decode("latin-1"))
        else:
            forwarded.headers[name.decode("latin-1")] = value.decode("latin-1")
    return forwarded


MIDDLEWARE = {"default": "django.middleware.gzip.GZipMiddleware", "recommended": "__main__.GZipWithoutEventStreams"}
settings.configure(
    ALLOWED_HOSTS=["*"],
    DATA_UPLOAD_MAX_MEMORY_SIZE=None,
    MIDDLEWARE=[MIDDLEWARE[VARIANT]],
    ROOT_URLCONF=__name__,
)
urlpatterns = [re_path("", forward)]

if __name__ == "__main__":
    django.setup(set_prefix=False)
    # Each stream that breaks off would be logged with its trace.
    logging.disable(logging.CRITICAL)
    uvicorn.run(
        ASGIHandler(), host="127.0.0.1", port=PORT, log_level="error", date_header=False, server_header=False, lifespan="off"
    )
