// kinesalite without its command line, which knows no higher limit of shards.
import { createRequire } from 'node:module';

const kinesalite = createRequire(new URL('../peers/package.json', import.meta.url))('kinesalite');
kinesalite({ createStreamMs: 0, shardLimit: 100 }).listen(Number(process.argv[2]), '127.0.0.1');
