// The ssespec adapter for the npm package `better-sse`, on Node's own HTTP server.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. The package
// writes the bytes of the streams: its event buffer writes exactly the ordered fields, whereas push() would
// add an id of its own.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { createChannel, createEventBuffer, createSession } from 'better-sse';
// The package does not export its own manifest.
import lock from './package-lock.json' with { type: 'json' };

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

// Data is text here, not JSON, and no reconnection time is sent unless ordered.
const options = { serializer: String, retry: null };

const topics = new Map(); // by session, until it is closed

const server = createServer(async (request, response) => {
  const topic = topics.get(Number(request.url.slice(1)));
  if (!topic) return response.writeHead(404).end();
  topic.sockets.add(request.socket);
  if (topic.stopped) return response.writeHead(204).end();
  const stream = await createSession(request, response, { ...options, state: { response } });
  if (!topics.has(topic.session)) return;
  topic.channel.register(stream);
  write({ session: topic.session, connected: { lastEventId: stream.lastId } });
});

function serve(session) {
  const channel = createChannel();
  topics.set(session, { session, channel, sockets: new Set(), stopped: false });
  channel.on('session-disconnected', (stream) => {
    // A stream that was ended here is no longer in the channel.
    if (topics.has(session) && channel.activeSessions.includes(stream)) write({ session, disconnected: {} });
  });
  write({ session, serving: { url: `http://127.0.0.1:${server.address().port}/${session}` } });
}

function emit(topic, { type, id, data, comment, retry }) {
  const buffer = createEventBuffer(options);
  if (comment !== undefined) buffer.comment(comment);
  if (retry !== undefined) buffer.retry(retry);
  if (type !== undefined) buffer.event(type);
  if (id !== undefined) buffer.id(id);
  if (data !== undefined) buffer.data(data);
  buffer.dispatch();
  return Promise.all(topic.channel.activeSessions.map((stream) => stream.batch(buffer)));
}

function end(topic) {
  for (const stream of topic.channel.activeSessions) {
    topic.channel.deregister(stream);
    stream.state.response.end();
  }
}

async function obey({ session, ...order }) {
  const topic = topics.get(session);
  if (order.serve) {
    serve(session);
  } else if (!topic) {
    return; // the session is closed
  } else if (order.emit) {
    await emit(topic, order.emit).then(
      () => write({ session, emitted: {} }),
      (error) => write({ session, refused: { message: error.message } }),
    );
  } else if (order.end) {
    end(topic);
  } else if (order.stop) {
    topic.stopped = true;
    write({ session, stopped: {} });
  } else if (order.close) {
    topics.delete(session);
    for (const socket of topic.sockets) socket.destroy();
    write({ session, closed: {} });
  }
}

server.listen(0, '127.0.0.1', async () => {
  write({
    hello: {
      protocol: 1,
      role: 'server',
      name: 'better-sse',
      version: lock.packages['node_modules/better-sse'].version,
      language: 'JavaScript',
      sessions: 64,
      capabilities: ['event-type', 'event-id', 'comments', 'retry', 'retry-text', 'end', 'disconnects', 'no-content'],
    },
  });
  for await (const line of createInterface({ input: process.stdin })) await obey(JSON.parse(line));
  process.exit();
});
