// Event streams are not compressed.

import compression from 'compression';
import { start } from './proxy.mjs';

const isEventStream = (response) => /^text\/event-stream/i.test(response.getHeader('content-type'));

start(
  compression({
    filter: (request, response) => !isEventStream(response) && compression.filter(request, response),
  }),
);
