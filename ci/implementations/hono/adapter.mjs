// The ssespec adapter for `hono`: streamSSE on @hono/node-server.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. The framework
// writes the bytes of the streams. writeSSE() writes only events, no comments and no `retry` without data.

import { createInterface } from 'node:readline';
import { serve as listen } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
// The package does not export its own manifest.
import lock from './package-lock.json' with { type: 'json' };

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

const topics = new Map(); // by session, until it is closed

const app = new Hono();
app.get('/:session', (context) => {
  const topic = topics.get(Number(context.req.param('session')));
  if (!topic) return context.notFound();
  topic.sockets.add(context.env.incoming.socket);
  if (topic.stopped) return context.body(null, 204);
  return streamSSE(context, async (stream) => {
    // The stream lasts as long as this function.
    await new Promise((over) => {
      topic.streams.set(stream, over);
      stream.onAbort(() => {
        over();
        if (topic.streams.delete(stream)) write({ session: topic.session, disconnected: {} });
      });
      write({ session: topic.session, connected: { lastEventId: context.req.header('Last-Event-ID') ?? '' } });
    });
  });
});

function end(topic) {
  const streams = [...topic.streams.values()];
  topic.streams.clear();
  for (const over of streams) over();
}

async function obey(server, { session, ...order }) {
  const topic = topics.get(session);
  if (order.serve) {
    topics.set(session, { session, streams: new Map(), sockets: new Set(), stopped: false });
    write({ session, serving: { url: `http://127.0.0.1:${server.address().port}/${session}` } });
  } else if (!topic) {
    return; // the session is closed
  } else if (order.emit) {
    const { type, id, data, retry } = order.emit;
    const message = { event: type, id, data, retry };
    const writes = [...topic.streams.keys()].map((stream) => stream.writeSSE(message));
    // A write finishes when the client reads it, which may be never; a refusal is immediate.
    const waited = new Promise((resolve) => setImmediate(resolve));
    await Promise.race([Promise.all(writes), waited]).then(
      () => write({ session, emitted: {} }),
      (error) => write({ session, refused: { message: error.message } }),
    );
  } else if (order.end) {
    end(topic);
  } else if (order.stop) {
    topic.stopped = true;
    write({ session, stopped: {} });
  } else if (order.shutdown) {
    server.close(() => {
      if (topics.has(session)) write({ session, closed: {} });
      process.exit();
    });
  } else if (order.close) {
    end(topic);
    topics.delete(session);
    for (const socket of topic.sockets) socket.destroy();
    write({ session, closed: {} });
  }
}

const server = listen({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, async () => {
  write({
    hello: {
      protocol: 1,
      role: 'server',
      name: 'hono',
      version: lock.packages['node_modules/hono'].version,
      language: 'JavaScript',
      sessions: 64,
      capabilities: ['event-type', 'event-id', 'retry-text', 'end', 'disconnects', 'no-content', 'shutdown'],
    },
  });
  for await (const line of createInterface({ input: process.stdin })) await obey(server, JSON.parse(line));
  process.exit();
});
