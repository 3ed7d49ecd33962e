// The ssespec adapter for the npm package `@fastify/sse`.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. The plugin
// writes the bytes of the streams; its messages have no comments and always have data.

import { createInterface } from 'node:readline';
import plugin from '@fastify/sse';
import manifest from '@fastify/sse/package.json' with { type: 'json' };
import Fastify from 'fastify';

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

const topics = new Map(); // by session, until it is closed

const fastify = Fastify();
// Data is text here, not JSON.
await fastify.register(plugin, { serializer: String });

fastify.get('/:session', { sse: 'only' }, async (request, reply) => {
  const topic = topics.get(Number(request.params.session));
  if (!topic) return reply.callNotFound();
  topic.sockets.add(request.raw.socket);
  if (topic.stopped) return reply.code(204).send();
  const { sse } = reply;
  sse.keepAlive();
  sse.onClose(() => {
    if (topic.streams.delete(sse)) write({ session: topic.session, disconnected: {} });
  });
  topic.streams.add(sse);
  // sendHeaders() leaves the headers in Node's buffer until the first event.
  sse.sendHeaders();
  reply.raw.flushHeaders();
  write({ session: topic.session, connected: { lastEventId: sse.lastEventId ?? '' } });
});

function end(topic) {
  const streams = [...topic.streams];
  topic.streams.clear();
  for (const sse of streams) sse.close();
}

// Fastify documents this hook for exactly this.
fastify.addHook('preClose', async () => topics.forEach(end));

async function obey({ session, ...order }) {
  const topic = topics.get(session);
  if (order.serve) {
    topics.set(session, { session, streams: new Set(), sockets: new Set(), stopped: false });
    write({ session, serving: { url: `${fastify.listeningOrigin}/${session}` } });
  } else if (!topic) {
    return; // the session is closed
  } else if (order.emit) {
    const { type, id, data, retry } = order.emit;
    const sends = [...topic.streams].map((sse) => sse.send({ id, event: type, data, retry }));
    // A send finishes when the client reads it, which may be never; a refusal is immediate.
    const waited = new Promise((resolve) => setImmediate(resolve));
    await Promise.race([Promise.all(sends), waited]).then(
      () => write({ session, emitted: {} }),
      (error) => write({ session, refused: { message: error.message } }),
    );
  } else if (order.end) {
    end(topic);
  } else if (order.stop) {
    topic.stopped = true;
    write({ session, stopped: {} });
  } else if (order.shutdown) {
    fastify.close().then(() => {
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

await fastify.listen({ host: '127.0.0.1', port: 0 });
write({
  hello: {
    protocol: 1,
    role: 'server',
    name: '@fastify/sse',
    version: manifest.version,
    language: 'JavaScript',
    sessions: 64,
    capabilities: ['event-type', 'event-id', 'retry-text', 'end', 'disconnects', 'no-content', 'shutdown'],
  },
});
for await (const line of createInterface({ input: process.stdin })) await obey(JSON.parse(line));
process.exit();
