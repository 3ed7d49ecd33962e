// The ssespec adapter for `h3`: createEventStream on its own server.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. The framework
// writes the bytes of the streams. push() writes only events, no `retry` without data.

import { createInterface } from 'node:readline';
import { H3, HTTPError, createEventStream, noContent, serve } from 'h3';
// The package does not export its own manifest.
import lock from './package-lock.json' with { type: 'json' };

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

const topics = new Map(); // by session, until it is closed

const app = new H3();
app.get('/:session', (event) => {
  const topic = topics.get(Number(event.context.params.session));
  if (!topic) throw new HTTPError({ status: 404 });
  if (topic.stopped) return noContent();
  const stream = createEventStream(event);
  topic.streams.add(stream);
  stream.onClosed(() => {
    if (topic.streams.delete(stream)) write({ session: topic.session, disconnected: {} });
  });
  write({ session: topic.session, connected: { lastEventId: event.req.headers.get('last-event-id') ?? '' } });
  return stream.send();
});

function end(topic) {
  const streams = [...topic.streams];
  topic.streams.clear();
  for (const stream of streams) stream.close();
}

async function emit(topic, { type, id, data, retry, comment }) {
  const streams = [...topic.streams];
  const writes = streams.map((stream) =>
    comment === undefined ? stream.push({ event: type, id, data, retry }) : stream.pushComment(comment));
  // A write finishes when the client reads it, which may be never; a refusal is immediate.
  const waited = new Promise((resolve) => setImmediate(resolve));
  await Promise.race([Promise.all(writes), waited]).then(
    () => write({ session: topic.session, emitted: {} }),
    (error) => write({ session: topic.session, refused: { message: error.message } }),
  );
}

async function obey(url, { session, ...order }) {
  const topic = topics.get(session);
  if (order.serve) {
    topics.set(session, { session, streams: new Set(), stopped: false });
    write({ session, serving: { url: `${url}${session}` } });
  } else if (!topic) {
    return; // the session is closed
  } else if (order.emit) {
    await emit(topic, order.emit);
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

const server = serve(app, { hostname: '127.0.0.1', port: 0, silent: true });
await server.ready();
write({
  hello: {
    protocol: 1, role: 'server', name: 'h3', version: lock.packages['node_modules/h3'].version, language: 'JavaScript',
    sessions: 64,
    capabilities: ['event-type', 'event-id', 'comments', 'retry-text', 'end', 'disconnects', 'no-content'],
  },
});
for await (const line of createInterface({ input: process.stdin })) await obey(server.url, JSON.parse(line));
process.exit();
