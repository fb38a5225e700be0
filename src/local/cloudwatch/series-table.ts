/**
 * Which series there are: every subject (a stream, a shard, a consumer) holds a row of series numbers, one for
 * each metric of its kind, as long as some minute mentions it.
 */
import { SUBJECTS, type Metric, type SubjectKind } from './metric-name.ts';

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

export interface Subject {
  readonly kind: SubjectKind;
  readonly key: string;
  readonly dimensions: readonly Dimension[];
  readonly metrics: readonly Metric[];
  /** Number of its first series; -1 while it has none. */
  base: number;
  /** Place in lists: those that came later have higher ones. */
  order: number;
}

/** What a subject costs beside its series: objects and texts (an estimate, on the high side). */
const SUBJECT_BYTES = 700;

export class SeriesTable {
  #capacity = 0;
  #order = 0;
  #placed: Subject[] = [];
  readonly #byKey = new Map<string, Subject>();
  readonly #free: Record<SubjectKind, number[]> = { stream: [], shard: [], consumer: [] };

  /** Series numbers are below this. */
  get capacity(): number {
    return this.#capacity;
  }

  get bytes(): number {
    return this.#placed.length * SUBJECT_BYTES;
  }

  /** The subjects that have series, in the order in which they came. */
  get subjects(): readonly Subject[] {
    return this.#placed;
  }

  /** The subject of these dimensions: the one that has series already, or a new one without. */
  subject(kind: SubjectKind, stream: string, detail = ''): Subject {
    const { metrics, dimension } = SUBJECTS[kind];
    const dimensions = [{ Name: 'StreamName', Value: stream }];
    if (dimension !== undefined) dimensions.push({ Name: dimension, Value: detail });
    const key = keyOf(dimensions);
    return this.#byKey.get(key) ?? { kind, key, dimensions, metrics, base: -1, order: 0 };
  }

  /** The subject with exactly these dimensions, in whatever order, if it has series. */
  find(dimensions: readonly Dimension[]): Subject | undefined {
    return this.#byKey.get(keyOf(dimensions));
  }

  /**
   * Gives a subject its series: new ones, or those of an earlier subject with the same dimensions, which loses them.
   * @returns whether they are new
   */
  place(subject: Subject): boolean {
    const earlier = this.#byKey.get(subject.key);
    this.#byKey.set(subject.key, subject);
    if (earlier !== undefined) {
      Object.assign(subject, { base: earlier.base, order: earlier.order });
      earlier.base = -1;
      this.#placed[this.#placed.indexOf(earlier)] = subject;
      return false;
    }
    const free = this.#free[subject.kind].pop();
    subject.base = free ?? this.#capacity;
    if (free === undefined) this.#capacity += subject.metrics.length;
    subject.order = ++this.#order;
    this.#placed.push(subject);
    return true;
  }

  /** Takes the series from the subjects that are done with theirs. */
  release(isDone: (subject: Subject) => boolean): void {
    const done = this.#placed.filter(isDone);
    if (done.length === 0) return;
    for (const subject of done) {
      this.#byKey.delete(subject.key);
      this.#free[subject.kind].push(subject.base);
      subject.base = -1;
    }
    this.#placed = this.#placed.filter((subject) => subject.base >= 0);
  }
}

function keyOf(dimensions: readonly Dimension[]): string {
  return JSON.stringify(dimensions.map(({ Name, Value }) => [Name, Value]).sort(byName));
}

function byName([a]: readonly string[], [b]: readonly string[]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
