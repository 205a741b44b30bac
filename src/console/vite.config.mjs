// How the console is built, by `npm run build`, and served while it is worked on, by `npm run console`.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';

const server = process.env.SERVER ?? 'http://127.0.0.1:4000';

export default {
  // Below whatever path a proxy serves it: the server tells index.html how far up that is.
  base: './',
  plugins: [react(), compressed(), settingsOf(server)],
  build: {
    target: 'es2023',
    cssTarget: ['chrome120', 'firefox120', 'safari17'],
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
    // On a busy machine it would tell how long its plugins took.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
  server: {
    host: '127.0.0.1',
    proxy: {
      // Not what is below: a folder of the sources has that name too.
      '^/graphql$': { target: server, ws: true },
      '/console.json': server,
      '/graphiql': server,
    },
  },
};

const COMPRESSED = /\.(?:js|css|svg)$/;

/** Beside each file what it is compressed, so that no answer has to be. */
function compressed() {
  return {
    name: 'compressed',
    apply: 'build',
    async writeBundle({ dir }) {
      const assets = path.join(dir, 'assets');
      const files = (await readdir(assets))
        .filter((file) => COMPRESSED.test(file))
        .map((file) => path.join(assets, file));
      await Promise.all(
        files.map(async (file) => {
          const content = await readFile(file);
          const size = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
          await writeFile(`${file}.br`, await promisify(brotliCompress)(content, { params: size }));
          await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
        }),
      );
    },
  };
}

/** Does for a page what the server does to index.html. */
function settingsOf(origin) {
  return {
    name: 'settings',
    apply: 'serve',
    async transformIndexHtml(html) {
      const answer = await fetch(new URL('/console.json', origin));
      const settings = { ...(await answer.json()), graphiql: true };
      return html.replace('"__SETTINGS__"', JSON.stringify(settings).replaceAll('<', '\\u003c')).replace('__UP__', '/');
    },
  };
}
