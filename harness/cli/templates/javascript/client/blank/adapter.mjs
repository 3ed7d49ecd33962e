// The ssespec adapter of a client: it takes orders on stdin, and reports on stdout what the client does, one JSON object
// per line. https://github.com/ssespec/ssespec/blob/main/docs/reference/adapter-protocol.md
import { createInterface } from 'node:readline';

// Replace this function with your client. It is a minimal reader, which does not reconnect.
async function read(url, { headers, signal, onEvent }) {
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  const type = response.headers.get('content-type') ?? '';
  if (!/^text\/event-stream *(;|$)/i.test(type)) throw new Error(`content type ${type}`);
  let text = '';
  let event = {};
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    // A CR at the end may be the first half of a CRLF.
    for (let end; (end = /\r\n|\n|\r(?!$)/.exec(text)); ) {
      const line = text.slice(0, end.index);
      text = text.slice(end.index + end[0].length);
      const [, field, value] = /^([^:]*)(?::\ ?(.*))?$/s.exec(line);
      if (line === '') {
        if (event.data !== undefined) onEvent(event);
        event = {};
      } else if (field === 'data') {
        event.data = event.data === undefined ? (value ?? '') : `${event.data}\n${value ?? ''}`;
      } else if (field === 'event') {
        event.type = value;
      } else if (field === 'id' && !value?.includes('\0')) {
        event.id = value ?? '';
      }
    }
  }
}

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

const sessions = new Map(); // what closes the client of each session

async function connect(session, { url, headers }) {
  const closing = new AbortController();
  sessions.set(session, closing);
  try {
    await read(url, {
      headers,
      signal: closing.signal,
      onEvent: ({ type, data, id }) => {
        if (!closing.signal.aborted) write({ session, event: { type: type || 'message', data, id: id ?? '' } });
      },
    });
  } catch (error) {
    if (!closing.signal.aborted) write({ session, error: { message: String(error.cause ?? error) } });
  }
  sessions.delete(session);
  write({ session, closed: {} }); // exactly once, however it ended
}

write({
  hello: {
    protocol: 1,
    role: 'client',
    name: 'my-client',
    version: '0.1.0',
    language: 'JavaScript',
    sessions: 64,
    // What the API of the client can do or show.
    capabilities: ['requests', 'close', 'errors', 'headers', 'event-type', 'event-id', 'own-id'],
  },
});

// Node's readline also splits at U+2028, which JSON may contain unescaped; ssespec escapes it.
for await (const line of createInterface({ input: process.stdin })) {
  const { session, ...order } = JSON.parse(line);
  if (order.connect) connect(session, order.connect);
  else if (order.close) sessions.get(session)?.abort();
}
process.exit();
