// The ssespec adapter for @Sse of `@nestjs/core`, on its Express platform.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges nothing.
// The framework gives an ID to every event that has none. A decorator is a function, so that this needs no compiler.

import 'reflect-metadata';
import { Controller, HttpException, HttpStatus, Module, NotFoundException, Req, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Observable } from 'rxjs';
// The package does not export its own manifest.
import lock from './package-lock.json' with { type: 'json' };

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

const topics = new Map(); // by session, until it is closed

class Events {
  open(request) {
    const topic = topics.get(Number(request.params.session));
    if (!topic) throw new NotFoundException();
    if (topic.stopped) throw new HttpException('', HttpStatus.NO_CONTENT);
    return new Observable((subscriber) => {
      topic.streams.add(subscriber);
      write({ session: topic.session, connected: { lastEventId: request.get('last-event-id') ?? '' } });
      return () => { // also called at its end, when it is no longer in the set
        if (topic.streams.delete(subscriber)) write({ session: topic.session, disconnected: {} });
      };
    });
  }
}
Controller()(Events);
Sse(':session')(Events.prototype, 'open', Object.getOwnPropertyDescriptor(Events.prototype, 'open'));
Req()(Events.prototype, 'open', 0);

class Application {}
Module({ controllers: [Events] })(Application);

function end(topic) {
  const streams = [...topic.streams];
  topic.streams.clear();
  for (const stream of streams) stream.complete();
}

function obey(url, { session, ...order }) {
  const topic = topics.get(session);
  if (order.serve) {
    topics.set(session, { session, streams: new Set(), stopped: false });
    write({ session, serving: { url: `${url}/${session}` } });
  } else if (!topic) {
    return; // the session is closed
  } else if (order.emit) {
    for (const stream of topic.streams) stream.next(order.emit);
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

const app = await NestFactory.create(Application, { logger: false });
await app.listen(0, '127.0.0.1');
const url = await app.getUrl();
write({
  hello: {
    protocol: 1, role: 'server', name: '@nestjs/core', version: lock.packages['node_modules/@nestjs/core'].version,
    language: 'JavaScript', sessions: 64,
    capabilities: [
      'event-type', 'event-id', 'own-id', 'comments', 'retry', 'retry-text', 'end', 'disconnects', 'no-content',
    ],
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
