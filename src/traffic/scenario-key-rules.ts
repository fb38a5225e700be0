/**
 * What must hold between the fields of a source's keys, beyond what each field is on its own.
 */
import { formatCount } from '../model/quantity.ts';
import { checkHashKeyEntries } from './hash-key-entries.ts';
import { isPartitionKey, KEY_LENGTH_FIX } from './partition-key.ts';
import type { Path } from './scenario-complaint.ts';
import { KEY_KINDS, type KeysInput } from './keys-schema.ts';

const MAX_WEIGHTS = 1_000_000;

type Add = (path: Path, what: string, fix: string) => void;

/** Complains unless exactly one of the alternatives is given. */
export function checkExactlyOne(
  given: object,
  names: readonly string[],
  path: Path,
  noun: string,
  add: Add,
): void {
  const present = names.filter((name) => (given as Record<string, unknown>)[name] !== undefined);
  const fix = `Write exactly one of ${names.join(', ')}.`;
  if (present.length === 0) add(path, `there is no ${noun}.`, fix);
  if (present.length > 1) add([...path, present[1]], `${present.join(' and ')} are both given.`, fix);
}

/** @param shards of the stream */
export function checkKeys(keys: KeysInput, shards: number, path: Path, add: Add): void {
  checkExactlyOne(keys, KEY_KINDS, path, 'kind of keys', add);
  if (keys.hot) checkHot(keys.hot, [...path, 'hot'], add);
  if (keys.drift) checkHot(keys.drift, [...path, 'drift'], add);
  if (keys.weights) checkWeights(keys.weights, [...path, 'weights'], add);
  if (keys.hashKeys) checkHashKeyEntries(keys.hashKeys, [...path, 'hashKeys'], add);
  if (keys.explicitHashKey) checkTarget(keys.explicitHashKey, shards, [...path, 'explicitHashKey'], add);
  if (keys.template !== undefined) checkTemplate(keys, keys.template, [...path, 'template'], add);
}

function checkTemplate(keys: KeysInput, template: string, path: Path, add: Add): void {
  if (keys.weights)
    add(path, 'keys with weights have their own names.', 'Remove template, or use another kind.');
  if (keys.file !== undefined || keys.hashKeys)
    add(path, 'these keys are not named by a template.', 'Remove template, or use another kind.');
  if (template.split('{n}').length !== 2)
    add(
      path,
      `${JSON.stringify(template)} does not contain {n} exactly once.`,
      'Write for example "tenant-{n}", where {n} becomes the number of the key.',
    );
}

function checkHot(
  hot: { readonly share: string; readonly keys: number; readonly of: number },
  path: Path,
  add: Add,
): void {
  if (hot.keys > hot.of)
    add(
      [...path, 'keys'],
      `${hot.keys} hot keys are more than the ${hot.of} in all.`,
      'Write at most as many as of.',
    );
  if (hot.keys === hot.of && Number.parseFloat(hot.share) < 100)
    add([...path, 'of'], 'there is no other key for the rest of the records.', 'Write more than keys.');
}

function checkWeights(weights: Readonly<Record<string, number>>, path: Path, add: Add): void {
  const names = Object.keys(weights);
  if (names.length === 0) add(path, 'there is no key.', 'Write for example { a: 3, b: 1 }.');
  if (names.length > MAX_WEIGHTS)
    add(
      path,
      `${formatCount(names.length)} keys are too many.`,
      `Write at most ${formatCount(MAX_WEIGHTS)}.`,
    );
  const misfit = names.find((name) => !isPartitionKey(name));
  if (misfit !== undefined) add([...path, misfit], 'this is no partition key.', KEY_LENGTH_FIX);
  if (!Number.isFinite(Object.values(weights).reduce((sum, weight) => sum + weight, 0)))
    add(path, 'the weights are too large to be added up.', 'Write smaller ones: only their ratios count.');
}

function checkTarget(
  target: NonNullable<KeysInput['explicitHashKey']>,
  shards: number,
  path: Path,
  add: Add,
): void {
  checkExactlyOne(target, ['shard', 'spread'], path, 'target', add);
  if (target.where !== undefined && target.spread !== undefined)
    add([...path, 'where'], 'this is for a shard, not for the whole key space.', 'Remove where or spread.');
  if (target.shard !== undefined && target.shard >= shards)
    add(
      [...path, 'shard'],
      `there is no shard ${target.shard}: the stream has ${shards}.`,
      `Write from 0 to ${shards - 1}.`,
    );
}
