/** Tags of streams (AddTagsToStream and its kin) and of any resource (TagResource and its kin). */
import type { Account } from './account.ts';
import { operation } from './operation.ts';
import { findResource, settingsOf } from './resource.ts';
import { RESOURCE_ARN, STREAM_REFERENCE } from './shape.ts';
import type { Stream } from './stream.ts';
import { checkTagKeys, checkTags, checkTagTexts, TAG_KEYS, TAGS, type TagSet } from './tag-set.ts';

const REQUIRED_ARN = { ...RESOURCE_ARN, required: true } as const;

export const ADD_TAGS_TO_STREAM = operation(
  { Tags: { ...TAGS, required: true }, ...STREAM_REFERENCE },
  (account, input, nowUs) => {
    const stream = account.find(input, nowUs);
    add(stream.settings.tags, input.Tags, nameOf(stream));
    return undefined;
  },
);

export const REMOVE_TAGS_FROM_STREAM = operation(
  { TagKeys: { ...TAG_KEYS, required: true }, ...STREAM_REFERENCE },
  (account, input, nowUs) => {
    const stream = account.find(input, nowUs);
    remove(stream.settings.tags, input.TagKeys, nameOf(stream));
    return undefined;
  },
);

export const LIST_TAGS_FOR_STREAM = operation(
  {
    ExclusiveStartTagKey: { type: 'String', min: 1, max: 128 },
    Limit: { type: 'Integer', min: 1, max: 50 },
    ...STREAM_REFERENCE,
  },
  (account, input, nowUs) => {
    const after = input.ExclusiveStartTagKey;
    const tags = account.find(input, nowUs).settings.tags.list();
    const rest = tags.filter(({ Key }) => after === undefined || Key > after);
    const page = rest.slice(0, input.Limit ?? rest.length);
    return { Tags: page, HasMoreTags: rest.length > page.length };
  },
);

export const TAG_RESOURCE = operation(
  { Tags: { ...TAGS, required: true }, ResourceARN: REQUIRED_ARN },
  (account, input, nowUs) => {
    add(tagsOf(account, input.ResourceARN, nowUs), input.Tags, input.ResourceARN);
    return undefined;
  },
);

export const UNTAG_RESOURCE = operation(
  { TagKeys: { ...TAG_KEYS, required: true }, ResourceARN: REQUIRED_ARN },
  (account, input, nowUs) => {
    remove(tagsOf(account, input.ResourceARN, nowUs), input.TagKeys, input.ResourceARN);
    return undefined;
  },
);

export const LIST_TAGS_FOR_RESOURCE = operation({ ResourceARN: REQUIRED_ARN }, (account, input, nowUs) => ({
  Tags: tagsOf(account, input.ResourceARN, nowUs).list(),
}));

function tagsOf(account: Account, arn: string, nowUs: number): TagSet {
  return settingsOf(findResource(account, arn, nowUs)).tags;
}

function nameOf({ name, accountId }: Stream): string {
  return `stream ${name} under account ${accountId}`;
}

function add(set: TagSet, tags: Readonly<Record<string, string>>, to: string): void {
  checkTags(set, tags, `add tags to ${to}`);
  set.add(tags);
}

function remove(set: TagSet, keys: readonly string[], from: string): void {
  checkTagTexts(keys, `remove tags from ${from}`);
  checkTagKeys(keys, `remove tags from ${from}`);
  set.remove(keys);
}
