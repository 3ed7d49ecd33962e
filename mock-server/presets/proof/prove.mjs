// The presets, proved by the SDKs for JavaScript.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import Anthropic from "@anthropic-ai/sdk";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import OpenAI from "openai";

const question = { model: "model", messages: [{ role: "user", content: "hi" }] };
// The option `timeout` of these SDKs ends with the head of the response, so an application needs its own.
const limit = () => ({ signal: AbortSignal.timeout(5000) });
const openai = (url) => new OpenAI({ baseURL: `${url}v1`, apiKey: "key" });
const anthropic = (url) => new Anthropic({ baseURL: url, apiKey: "key" });

async function chat(url) {
  let text = "";
  for await (const chunk of await openai(url).chat.completions.create({ ...question, stream: true }, limit())) {
    text += chunk.choices[0]?.delta.content ?? "";
  }
  return text;
}

async function chatHelper(url) {
  const completion = await openai(url).chat.completions.stream(question, limit()).finalChatCompletion();
  return completion.choices[0].message.content;
}

async function responses(url) {
  const events = [];
  for await (const event of await openai(url).responses.create({ model: "model", input: "hi", stream: true }, limit())) {
    events.push(event);
  }
  const text = events.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join("");
  return `${text} (${events.at(-1).type})`;
}

async function responsesHelper(url) {
  return (await openai(url).responses.stream({ model: "model", input: "hi" }, limit()).finalResponse()).output_text;
}

async function messages(url) {
  const events = [];
  const body = { ...question, max_tokens: 9, stream: true };
  for await (const event of await anthropic(url).messages.create(body, limit())) events.push(event);
  const text = events.map((event) => (event.type === "content_block_delta" ? event.delta.text : "")).join("");
  return `${text} (${events.at(-1).type})`;
}

async function messagesHelper(url) {
  const message = await anthropic(url).messages.stream({ ...question, max_tokens: 9 }, limit()).finalMessage();
  return message.content[0].text;
}

async function mcp(url) {
  const client = new Client({ name: "proof", version: "1" });
  const transport = new StreamableHTTPClientTransport(new URL(`${url}mcp`));
  await client.connect(transport);
  try {
    const { tools } = await client.listTools();
    const result = await client.callTool({ name: tools[0].name, arguments: {} }, undefined, { timeout: 1000 });
    await transport.terminateSession();
    return result.content[0].text;
  } finally {
    await client.close();
  }
}

const HELLO = "Hello world";
const fails = (error, text) => ({ error, text });
// The preset, the conversation, and what it yields: a text, or an error and a part of its message.
const PROOFS = [
  ["openai-chat", chat, HELLO],
  ["openai-chat", chatHelper, HELLO],
  ["openai-chat/cut-in-mid-token", chat, fails(TypeError, "terminated")],
  ["openai-chat/cut-in-mid-token", chatHelper, fails(OpenAI.OpenAIError, "terminated")],
  ["openai-chat/empty-choices", chat, HELLO],
  ["openai-chat/empty-choices", chatHelper, HELLO],
  ["openai-chat/error-event", chat, fails(OpenAI.APIError, "The server had an error")],
  ["openai-chat/error-event", chatHelper, fails(OpenAI.APIError, "The server had an error")],
  ["openai-chat/no-terminator", chat, HELLO],
  ["openai-chat/rate-limited", chat, HELLO],
  // Iteration ends without an error when the signal of the application aborts it.
  ["openai-chat/stall", chat, "Hel"],
  ["openai-chat/stall", chatHelper, fails(OpenAI.APIUserAbortError, "aborted")],
  ["openai-responses", responses, "Hello world (response.completed)"],
  ["openai-responses", responsesHelper, HELLO],
  ["openai-responses/cut-in-mid-token", responses, fails(TypeError, "terminated")],
  ["openai-responses/error-event", responses, "Hel (error)"],
  ["openai-responses/no-terminator", responses, "Hello world (response.output_text.delta)"],
  ["openai-responses/rate-limited", responses, "Hello world (response.completed)"],
  ["openai-responses/stall", responses, "Hel (response.output_text.delta)"],
  ["anthropic-messages", messages, "Hello world (message_stop)"],
  ["anthropic-messages", messagesHelper, HELLO],
  ["anthropic-messages/cut-in-mid-token", messages, fails(TypeError, "terminated")],
  ["anthropic-messages/cut-in-mid-token", messagesHelper, fails(Anthropic.AnthropicError, "terminated")],
  ["anthropic-messages/error-event", messages, fails(Anthropic.APIError, "overloaded_error")],
  ["anthropic-messages/no-terminator", messages, "Hello world (content_block_delta)"],
  ["anthropic-messages/no-terminator", messagesHelper, fails(Anthropic.AnthropicError, "without producing a Message")],
  ["anthropic-messages/overloaded", messages, fails(Anthropic.InternalServerError, "529")],
  ["anthropic-messages/rate-limited", messages, "Hello world (message_stop)"],
  ["anthropic-messages/stall", messages, "Hel (content_block_delta)"],
  ["mcp-streamable-http", mcp, HELLO],
  ["mcp-streamable-http/cut-in-mid-event", mcp, HELLO],
  ["mcp-streamable-http/error-response", mcp, fails(Error, "The tool failed")],
  ["mcp-streamable-http/rate-limited", mcp, fails(Error, "Too many requests")],
  ["mcp-streamable-http/stall", mcp, fails(Error, "timed out")],
];

/** What is wrong, or nothing. */
async function prove([preset, conversation, expected]) {
  const server = spawn(process.env.SSESPEC, ["mock", "--preset", preset, "--verify", "--print-url"]);
  const ended = once(server, "exit");
  let journal = "";
  server.stderr.on("data", (text) => (journal += text));
  const [url] = await once(createInterface({ input: server.stdout }), "line");
  const got = await conversation(url).catch((error) => error);
  server.kill();
  const [status] = await ended;
  const met =
    typeof expected === "string" ? got === expected : got instanceof expected.error && got.message.includes(expected.text);
  if (!met || status !== 0) {
    const wanted = typeof expected === "string" ? expected : `${expected.error.name}: ${expected.text}`;
    return `${preset}, ${conversation.name}: expected ${wanted}, got ${got}\n${journal}`;
  }
}

const problems = (await Promise.all(PROOFS.map(prove))).filter(Boolean);
console.log(problems.join("\n") || `JavaScript: ${PROOFS.length} conversations, as documented`);
process.exit(problems.length === 0 ? 0 : 1);
