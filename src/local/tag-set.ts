/** The tags of a stream or a consumer. */
import { LIMITS } from '../model/limits.ts';
import { invalidArgument } from './service-error.ts';

/** How a request carries them. */
export const TAGS = {
  type: 'Map',
  min: 1,
  max: 200,
  key: { type: 'String', min: 1, max: 128 },
  value: { type: 'String', min: 0, max: 256 },
} as const;
export const TAG_KEYS = {
  type: 'List',
  min: 1,
  max: LIMITS.tagsPerResource.value,
  of: { type: 'String', min: 1, max: 128 },
} as const;

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export class TagSet {
  readonly #values = new Map<string, string>();

  add(tags: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(tags)) this.#values.set(key, value);
  }

  remove(keys: readonly string[]): void {
    for (const key of keys) this.#values.delete(key);
  }

  /** How many there would be with others added. */
  countWith(tags: Readonly<Record<string, string>>): number {
    return new Set([...this.#values.keys(), ...Object.keys(tags)]).size;
  }

  /** In order of their keys. */
  list(): Tag[] {
    const keys = [...this.#values.keys()].sort();
    return keys.map((Key) => ({ Key, Value: this.#values.get(Key) ?? '' }));
  }
}

/**
 * Refuses tags with characters that AWS does not take, and too many of them.
 * @param doing what was tried, and to what, as "add tags to stream orders under account 000000000000"
 */
export function checkTags(set: TagSet, tags: Readonly<Record<string, string>>, doing: string): void {
  checkTagTexts([...Object.keys(tags), ...Object.values(tags)], doing);
  checkTagKeys(Object.keys(tags), doing);
  const most = LIMITS.tagsPerResource.value;
  if (set.countWith(tags) > most) {
    throw invalidArgument(
      `Failed to ${doing} because a given stream cannot have more than ${most} tags associated with it.`,
    );
  }
}

/**
 * Refuses keys that are AWS's own, to add and to remove (source: tag restrictions, Kinesis Developer Guide, November
 * 2026). AWS publishes neither the error nor its words: both are ours.
 */
export function checkTagKeys(keys: readonly string[], doing: string): void {
  const reserved = keys.find((key) => key.startsWith('aws:'));
  if (reserved === undefined) return;
  throw invalidArgument(
    `Failed to ${doing} because the tag key ${reserved} begins with aws:, which is reserved for AWS.`,
  );
}

/** Words as kinesalite's authors recorded them: the percent sign has a refusal of its own. */
export function checkTagTexts(texts: readonly string[], doing: string): void {
  if (texts.some((text) => !/^[\p{L}\p{M}\p{N}\p{Z}_./=+\-%@:\t]*$/u.test(text))) {
    throw invalidArgument(
      'Some tags contain invalid characters. Valid characters: ' +
        'Unicode letters, digits, white space, _ . / = + - % @ :.',
    );
  }
  if (texts.some((text) => text.includes('%'))) {
    throw invalidArgument(
      `Failed to ${doing} because some tags contained illegal characters. The allowed characters are ` +
        "Unicode letters, white-spaces, '_',',','/','=','+','-','@',':'.",
    );
  }
}
