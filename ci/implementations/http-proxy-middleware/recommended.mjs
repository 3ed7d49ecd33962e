// The npm package `http-proxy-middleware`, with the listeners that event streams need.

import { createServer } from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';

const [port, upstream] = process.argv.slice(2);

const proxy = createProxyMiddleware({
  target: `http://${upstream}`,
  on: {
    proxyRes: (proxyRes, req, res) => {
      process.nextTick(() => res.flushHeaders());
      proxyRes.on('close', () => proxyRes.complete || res.destroy());
    },
    error: (error, req, res) => {
      if (res.headersSent) res.destroy();
      else res.writeHead(502).end();
    },
  },
});
createServer(proxy).listen(port, '127.0.0.1');
