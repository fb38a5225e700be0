/**
 * A scenario on its way to another thread: what has methods goes as its parts and is put together again there. A table
 * that two sources share is one table there too.
 */
import { LineTable } from './line-table.ts';
import type { Keys, Scenario, Size, Source } from './scenario.ts';
import { WeightedNames } from './weighted-names.ts';

/** Can be cloned by structured cloning. */
export interface ScenarioParcel {
  readonly scenario: Omit<Scenario, 'traffic'>;
  readonly traffic: readonly PackedSource[];
}

type NameParts = ReturnType<WeightedNames['parts']>;
type PackedKeys = Exclude<Keys, { kind: 'file' }> | { readonly kind: 'file'; readonly table: NameParts };
type PackedSize =
  Exclude<Size, { kind: 'lines' }> | { readonly kind: 'lines'; readonly lines: LineTable['bytes'] };
interface PackedSource extends Omit<Source, 'keys' | 'size'> {
  readonly keys: PackedKeys;
  readonly size: PackedSize;
}

export function packScenario({ traffic, ...scenario }: Scenario): ScenarioParcel {
  const parts = once((table: WeightedNames) => table.parts());
  return {
    scenario,
    traffic: traffic.map(({ keys, size, ...source }) => ({
      ...source,
      keys: keys.kind === 'file' ? { kind: 'file', table: parts(keys.table) } : keys,
      size: size.kind === 'lines' ? { kind: 'lines', lines: size.lines.bytes } : size,
    })),
  };
}

export function unpackScenario({ scenario, traffic }: ScenarioParcel): Scenario {
  const namesOf = once((parts: NameParts) => WeightedNames.of(parts));
  const linesOf = once((bytes: LineTable['bytes']) => new LineTable(bytes));
  return {
    ...scenario,
    traffic: traffic.map(({ keys, size, ...source }) => ({
      ...source,
      keys: keys.kind === 'file' ? { kind: 'file', table: namesOf(keys.table) } : keys,
      size: size.kind === 'lines' ? { kind: 'lines', lines: linesOf(size.lines) } : size,
    })),
  };
}

/** The same result for the same object. */
function once<K extends object, V>(make: (from: K) => V): (from: K) => V {
  const made = new Map<K, V>();
  return (from) => {
    const known = made.get(from) ?? make(from);
    made.set(from, known);
    return known;
  };
}
