// The npm package `http-proxy-middleware`, as its documentation shows it.

import { createServer } from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';

const [port, upstream] = process.argv.slice(2);

const proxy = createProxyMiddleware({ target: `http://${upstream}` });
createServer(proxy).listen(port, '127.0.0.1');
