export default {
  cacheDir: '{dir}/cache',
  server: {
    host: '127.0.0.1',
    port: {port},
    strictPort: true,
    proxy: { '/': 'http://{upstream}' },
  },
};
