export default {
  cacheDir: '{dir}/cache',
  server: {
    host: '127.0.0.1',
    port: {port},
    strictPort: true,
    proxy: {
      '/': {
        target: 'http://{upstream}',
        configure(proxy) {
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
        },
      },
    },
  },
};
