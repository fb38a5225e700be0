/** The limits of the service in groups that can be switched off. */

/**
 * `write`: bytes and records per shard. `read`: calls and bytes per shard. `control`: calls per second of all other
 * operations, and how often a day or at once a thing may be done. `on-demand`: how an on-demand stream's shards follow
 * its load; without it they stay as they are.
 */
export const LIMIT_GROUPS = ['write', 'read', 'control', 'on-demand'] as const;
export type LimitGroup = (typeof LIMIT_GROUPS)[number];

/** Which groups are enforced. */
export type LimitSwitches = Readonly<Record<LimitGroup, boolean>>;

export function switchesOf(groups: readonly LimitGroup[] = LIMIT_GROUPS): LimitSwitches {
  return {
    write: groups.includes('write'),
    read: groups.includes('read'),
    control: groups.includes('control'),
    'on-demand': groups.includes('on-demand'),
  };
}
