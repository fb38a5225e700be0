import { it } from 'vitest';
import { parseScenario } from '../../src/traffic/scenario-file.ts';
it('x', () => {
  const chain = 'a0: &a0 [1]\n' + Array.from({length: 30000}, (_, i) => `a${i+1}: &a${i+1} [*a${i}]`).join('\n');
  for (const t of ['a: &a [*a]', 'traffic: &a {b: *a}', chain, 'stream: {shards: 1}\nduration: 5s\ntraffic:\n  - {rate: 1/s, size: 1B, keys: {weights: {' + Array.from({length:200000},(_,i)=>`k${i}: 1`).join(', ') + '}}}', '\ufeff# x\nstream: {shards: 1}\r\nduration: 5s\r\ntraffic:\r\n  - {rate: 1/s, size: 1B, keys: "uniform:5"}', '%YAML 1.1\n---\nseed: 0o7\n', '"a\\ud800": 1', 'a: "\\ud800'])
  { const s = Date.now(); try { parseScenario(t, 'x.yaml'); console.log('OK', Date.now()-s); } catch (e) { console.log((e as any).name, String((e as any).what ?? (e as any).stack).slice(0,200), '|', (e as any).fix, Date.now()-s); } }
}, 120000);
