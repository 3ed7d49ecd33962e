"""The presets, proved by the SDKs for Python."""

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import anthropic
import httpx2
import openai
from mcp.client import Client
from mcp.shared.exceptions import MCPError

SSESPEC = os.environ["SSESPEC"]
QUESTION = [{"role": "user", "content": "hi"}]
TIMEOUT = 1


def chat(url):
    """Chat completions, chunk by chunk."""
    client = openai.OpenAI(base_url=url + "v1", api_key="key", timeout=TIMEOUT)
    stream = client.chat.completions.create(model="model", messages=QUESTION, stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def chat_helper(url):
    """Chat completions with the helper that assembles them."""
    client = openai.OpenAI(base_url=url + "v1", api_key="key", timeout=TIMEOUT)
    with client.chat.completions.stream(model="model", messages=QUESTION) as stream:
        stream.until_done()
        return stream.get_final_completion().choices[0].message.content


def chat_complete(url):
    """Chat completions without a stream."""
    client = openai.OpenAI(base_url=url + "v1", api_key="key", timeout=TIMEOUT)
    return client.chat.completions.create(model="model", messages=QUESTION).choices[0].message.content


def responses(url):
    """Responses, event by event: the text, and the type of the last event."""
    client = openai.OpenAI(base_url=url + "v1", api_key="key", timeout=TIMEOUT)
    events = list(client.responses.create(model="model", input="hi", stream=True))
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    return f"{text} ({events[-1].type})"


def responses_helper(url):
    """Responses with the helper that assembles them."""
    client = openai.OpenAI(base_url=url + "v1", api_key="key", timeout=TIMEOUT)
    with client.responses.stream(model="model", input="hi") as stream:
        stream.until_done()
        return stream.get_final_response().output_text


def messages(url):
    """Messages, event by event: the text, and the type of the last event."""
    client = anthropic.Anthropic(base_url=url, api_key="key", timeout=TIMEOUT)
    events = list(client.messages.create(model="model", max_tokens=9, messages=QUESTION, stream=True))
    text = "".join(event.delta.text for event in events if event.type == "content_block_delta")
    return f"{text} ({events[-1].type})"


def messages_helper(url):
    """Messages with the helper that assembles them."""
    client = anthropic.Anthropic(base_url=url, api_key="key", timeout=TIMEOUT)
    with client.messages.stream(model="model", max_tokens=9, messages=QUESTION) as stream:
        return stream.get_final_message().content[0].text


def messages_complete(url):
    """Messages without a stream."""
    client = anthropic.Anthropic(base_url=url, api_key="key", timeout=TIMEOUT)
    return client.messages.create(model="model", max_tokens=9, messages=QUESTION).content[0].text


def mcp(url):
    """A session that lists the tools and calls one."""

    async def session():
        async with Client(url + "mcp") as client:
            tools = await client.list_tools()
            result = await client.call_tool(tools.tools[0].name, {}, read_timeout_seconds=TIMEOUT)
            return result.content[0].text

    return asyncio.run(session())


HELLO = "Hello world"
# The preset, the conversation, and what it yields: a text, or an exception and a part of its message.
PROOFS = [
    ("openai-chat", chat, HELLO),
    ("openai-chat", chat_helper, HELLO),
    ("openai-chat", chat_complete, HELLO),
    ("openai-chat/cut-in-mid-token", chat, (openai.APIConnectionError, "Connection error")),
    ("openai-chat/cut-in-mid-token", chat_helper, (openai.APIConnectionError, "Connection error")),
    ("openai-chat/empty-choices", chat, HELLO),
    ("openai-chat/empty-choices", chat_helper, HELLO),
    ("openai-chat/error-event", chat, (openai.APIError, "The server had an error")),
    ("openai-chat/error-event", chat_helper, (openai.APIError, "The server had an error")),
    ("openai-chat/no-terminator", chat, HELLO),
    ("openai-chat/no-terminator", chat_helper, HELLO),
    ("openai-chat/rate-limited", chat, HELLO),
    ("openai-chat/stall", chat, (openai.APITimeoutError, "timed out")),
    ("openai-responses", responses, "Hello world (response.completed)"),
    ("openai-responses", responses_helper, HELLO),
    ("openai-responses/cut-in-mid-token", responses, (openai.APIConnectionError, "Connection error")),
    # The error is an event for those who read events.
    ("openai-responses/error-event", responses, "Hel (error)"),
    ("openai-responses/error-event", responses_helper, (RuntimeError, "response.completed")),
    ("openai-responses/no-terminator", responses, "Hello world (response.output_text.delta)"),
    ("openai-responses/no-terminator", responses_helper, (RuntimeError, "response.completed")),
    ("openai-responses/rate-limited", responses, "Hello world (response.completed)"),
    ("openai-responses/stall", responses, (openai.APITimeoutError, "timed out")),
    ("anthropic-messages", messages, "Hello world (message_stop)"),
    ("anthropic-messages", messages_helper, HELLO),
    ("anthropic-messages", messages_complete, HELLO),
    ("anthropic-messages/cut-in-mid-token", messages, (httpx2.RemoteProtocolError, "incomplete chunked read")),
    ("anthropic-messages/error-event", messages, (anthropic.APIStatusError, "overloaded_error")),
    ("anthropic-messages/error-event", messages_helper, (anthropic.APIStatusError, "overloaded_error")),
    ("anthropic-messages/no-terminator", messages, "Hello world (content_block_delta)"),
    ("anthropic-messages/no-terminator", messages_helper, HELLO),
    ("anthropic-messages/overloaded", messages, (anthropic.InternalServerError, "529")),
    ("anthropic-messages/rate-limited", messages, "Hello world (message_stop)"),
    ("anthropic-messages/stall", messages, (httpx2.ReadTimeout, "timed out")),
    ("mcp-streamable-http", mcp, HELLO),
    ("mcp-streamable-http/cut-in-mid-event", mcp, HELLO),
    ("mcp-streamable-http/error-response", mcp, (MCPError, "The tool failed")),
    ("mcp-streamable-http/rate-limited", mcp, (MCPError, "error response")),
    ("mcp-streamable-http/stall", mcp, (MCPError, "timed out")),
]


def cause(error):
    """The exception that an exception group hides."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def prove(proof):
    """What is wrong, or None."""
    preset, conversation, expected = proof
    command = [SSESPEC, "mock", "--preset", preset, "--verify", "--print-url"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        got = conversation(server.stdout.readline().strip())
    except Exception as error:
        got = cause(error)
    server.terminate()
    journal = server.communicate()[1]
    if isinstance(expected, tuple):
        met = isinstance(got, expected[0]) and expected[1] in str(got)
    else:
        met = got == expected
    if met and server.returncode == 0:
        return None
    return f"{preset}, {conversation.__name__}: expected {expected}, got {got!r}\n{journal}"


def main():
    with ThreadPoolExecutor(8) as pool:
        problems = [problem for problem in pool.map(prove, PROOFS) if problem]
    print("\n".join(problems) or f"Python: {len(PROOFS)} conversations, as documented")
    sys.exit(bool(problems))


main()
