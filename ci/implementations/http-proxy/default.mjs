// As its documentation shows it, except that its listener writes no second head, which would end the process.

import httpProxy from 'http-proxy';

const [port, upstream] = process.argv.slice(2);

const proxy = httpProxy.createProxyServer({ target: `http://${upstream}` });
proxy.on('error', (error, req, res) => {
  if (!res.headersSent) res.writeHead(500, { 'Content-Type': 'text/plain' });
  res.end('Something went wrong.');
});
proxy.listen(port, '127.0.0.1');
