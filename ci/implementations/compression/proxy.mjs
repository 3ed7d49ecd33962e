// The npm package `compression` in front of a proxy, in an Express application. The proxy is `http-proxy-middleware` with the
// listeners that event streams need, so that every failure is that of the compression.

import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

/** Starts an application whose responses pass through a layer. */
export function start(layer) {
  const [port, upstream] = process.argv.slice(2);
  const app = express();
  app.use(layer);
  app.use(
    createProxyMiddleware({
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
    }),
  );
  app.listen(port, '127.0.0.1');
}
