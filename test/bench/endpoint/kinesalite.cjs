// kinesalite without its command line, whose limits of shards are lower.
const { createRequire } = require('node:module');
const { join } = require('node:path');

const kinesalite = createRequire(join(__dirname, '../peers/package.json'))('kinesalite');
kinesalite({ createStreamMs: 0, shardLimit: 100 }).listen(Number(process.argv[2]), '127.0.0.1');
