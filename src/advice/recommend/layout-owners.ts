/**
 * Who else may keep a stream's number of shards, as far as its tags tell: a template or a scaler that would put it back.
 */
import type { LayoutOwner } from '../../results/recommendation-document.ts';

const MARKS: readonly (readonly [RegExp, RegExp, LayoutOwner['kind']])[] = [
  [/^aws:cloudformation:/i, /./, 'cloudformation'],
  [/^(aws[-_:]?cdk|cdk)\b/i, /./, 'cloudformation'],
  [/terraform|^tf[-_:]|pulumi/i, /./, 'terraform'],
  [/^(managed[-_ ]?by|provisioner|iac|created[-_ ]?by)$/i, /terraform|opentofu|pulumi/i, 'terraform'],
  [/^(managed[-_ ]?by|provisioner|iac|created[-_ ]?by)$/i, /cloudformation|cdk|\bsam\b/i, 'cloudformation'],
  [/auto-?_?scal/i, /^(?!(false|no|off|0)$)/i, 'autoscaler'],
  [/^(managed[-_ ]?by)$/i, /scal(er|ing)/i, 'autoscaler'],
];

/** One of each kind, by the first tag that tells. */
export function ownersOf(tags: Readonly<Record<string, string>> | null): LayoutOwner[] {
  const owners = new Map<LayoutOwner['kind'], LayoutOwner>();
  for (const [tag, value] of Object.entries(tags ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const [name, of, kind] of MARKS)
      if (name.test(tag) && of.test(value) && !owners.has(kind)) owners.set(kind, { kind, tag, value });
  return [...owners.values()];
}
