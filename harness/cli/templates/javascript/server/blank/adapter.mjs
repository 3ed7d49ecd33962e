// The ssespec adapter of a server: it takes orders on stdin, and reports on stdout what the server does, one JSON object per
// line. https://github.com/ssespec/ssespec/blob/main/docs/reference/adapter-protocol.md
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

// Replace this class with your server or framework. It is a minimal one, which keeps no events.
class Stream {
  constructor(response) {
    this.response = response;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
  }

  send({ type, id, data, comment, retry }) {
    for (const value of [type, id]) {
      if (/[\r\n\0]/.test(value ?? '')) throw new Error('a type or an id is one line, without NUL');
    }
    let text = '';
    const field = (name, value) => (text += `${name}: ${value}\n`);
    if (comment !== undefined) comment.split(/\r\n|\r|\n/).forEach((line) => field('', line));
    if (retry !== undefined) field('retry', retry);
    if (type !== undefined) field('event', type);
    if (id !== undefined) field('id', id);
    if (data !== undefined) data.split(/\r\n|\r|\n/).forEach((line) => field('data', line));
    this.response.write(text + '\n');
  }

  end() {
    this.response.end();
  }
}

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

const sessions = new Map(); // the streams of each, and their sockets

const server = createServer((request, response) => {
  const session = Number(request.url.slice(1));
  const topic = sessions.get(session);
  if (!topic) return response.writeHead(404).end();
  if (request.method !== 'GET') return response.writeHead(405, { allow: 'GET' }).end();
  topic.sockets.add(request.socket);
  const stream = new Stream(response);
  topic.streams.add(stream);
  response.on('close', () => {
    // A stream that was ended here is no longer among them.
    if (topic.streams.delete(stream) && sessions.has(session)) write({ session, disconnected: {} });
  });
  write({ session, connected: { lastEventId: request.headers['last-event-id'] ?? '' } });
});

function obey({ session, ...order }) {
  const topic = sessions.get(session);
  if (order.serve) {
    sessions.set(session, { streams: new Set(), sockets: new Set() });
    write({ session, serving: { url: `http://127.0.0.1:${server.address().port}/${session}` } });
  } else if (order.emit && topic) {
    try {
      topic.streams.forEach((stream) => stream.send(order.emit));
      write({ session, emitted: {} });
    } catch (error) {
      write({ session, refused: { message: error.message } });
    }
  } else if (order.end && topic) {
    const ended = [...topic.streams];
    topic.streams.clear();
    ended.forEach((stream) => stream.end());
  } else if (order.close && topic) {
    sessions.delete(session);
    topic.sockets.forEach((socket) => socket.destroy());
    write({ session, closed: {} });
  }
}

server.listen(0, '127.0.0.1', async () => {
  const capabilities = ['event-type', 'event-id', 'comments', 'retry', 'end', 'disconnects'];
  write({ hello: { protocol: 1, role: 'server', name: 'my-server', version: '0.1.0', language: 'JavaScript', sessions: 64, capabilities } });
  for await (const line of createInterface({ input: process.stdin })) obey(JSON.parse(line));
  process.exit();
});
