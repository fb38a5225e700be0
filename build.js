// Bundles src/ into dist/: one entry for the command line, one for each worker thread, shared code split out.
import { build } from 'esbuild';
import { readFileSync, rmSync, chmodSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const outdir = new URL('dist/', import.meta.url).pathname;
rmSync(outdir, { recursive: true, force: true });

await build({
  absWorkingDir: new URL('.', import.meta.url).pathname,
  entryPoints: {
    shardwise: 'src/cli/shardwise.ts',
    'serve-worker': 'src/run/serve/serve-worker.ts',
    'send-worker': 'src/run/send/send-worker.ts',
    'reader-worker': 'src/run/read/reader-worker.ts',
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  legalComments: 'none',
  define: { SHARDWISE_VERSION: JSON.stringify(version) },
  // CommonJS dependencies call require() for Node's own modules; an ES module has none unless we make it.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
chmodSync(new URL('dist/shardwise.js', import.meta.url), 0o755);
