// With the listeners that event streams need.

import httpProxy from 'http-proxy';

const [port, upstream] = process.argv.slice(2);

const proxy = httpProxy.createProxyServer({ target: `http://${upstream}` });
proxy.on('proxyReq', (proxyReq, req, res) => {
  res.on('close', () => proxyReq.destroy());
});
proxy.on('proxyRes', (proxyRes, req, res) => {
  process.nextTick(() => res.flushHeaders());
  proxyRes.on('close', () => proxyRes.complete || res.destroy());
});
proxy.on('error', (error, req, res) => {
  if (res.headersSent) res.destroy();
  else res.writeHead(502).end();
});
proxy.listen(port, '127.0.0.1');
