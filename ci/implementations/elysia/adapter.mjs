// The ssespec adapter for `sse` of `elysia`, on its adapter for Node.js.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges nothing. The
// framework writes the bytes of what a generator yields; it has no comments.

import { node } from '@elysiajs/node';
import { Elysia, sse } from 'elysia';
// The package does not export its own manifest.
import lock from './package-lock.json' with { type: 'json' };

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

const topics = new Map(); // by session, until it is closed

/** The queue of one client. */
class Stream {
  #events = [];
  #wake = () => {};

  push(event) { // undefined ends it
    this.#events.push(event);
    this.#wake();
  }

  async *events() {
    for (;;) {
      while (this.#events.length === 0) await new Promise((resolve) => (this.#wake = resolve));
      const event = this.#events.shift();
      if (!event) return;
      yield event;
    }
  }
}

function open({ params, request, status }) {
  const topic = topics.get(Number(params.session));
  if (!topic) return status(404);
  if (topic.stopped) return status(204);
  const stream = new Stream();
  topic.streams.add(stream);
  request.signal.addEventListener('abort', () => {
    stream.push(undefined);
    if (topic.streams.delete(stream)) write({ session: topic.session, disconnected: {} });
  });
  write({ session: topic.session, connected: { lastEventId: request.headers.get('last-event-id') ?? '' } });
  return stream.events();
}

function end(topic) {
  const streams = [...topic.streams];
  topic.streams.clear();
  for (const stream of streams) stream.push(undefined);
}

function obey(url, { session, ...order }) {
  const topic = topics.get(session);
  if (order.serve) {
    topics.set(session, { session, streams: new Set(), stopped: false });
    write({ session, serving: { url: `${url}/${session}` } });
  } else if (!topic) {
    return; // the session is closed
  } else if (order.emit) {
    const { type, ...fields } = order.emit;
    for (const stream of topic.streams) stream.push(sse({ event: type, ...fields }));
    write({ session, emitted: {} });
  } else if (order.end) {
    end(topic);
  } else if (order.stop) {
    topic.stopped = true;
    write({ session, stopped: {} });
  } else if (order.close) {
    end(topic);
    topics.delete(session);
    write({ session, closed: {} });
  }
}

async function started({ raw: server }) { // the server below, which knows its port
  await server.ready();
  const url = server.url.replace(/\/$/, '');
  write({
    hello: {
      protocol: 1, role: 'server', name: 'elysia', version: lock.packages['node_modules/elysia'].version,
      language: 'JavaScript', sessions: 64,
      capabilities: ['event-type', 'event-id', 'retry', 'retry-text', 'end', 'disconnects', 'no-content'],
    },
  });
  // Not `node:readline`: it also splits lines at U+2028 and U+2029, which JSON may contain.
  let rest = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) obey(url, JSON.parse(line));
  });
  process.stdin.on('end', () => process.exit());
}

new Elysia({ adapter: node() }).get('/:session', open).listen({ hostname: '127.0.0.1', port: 0 }, started);
