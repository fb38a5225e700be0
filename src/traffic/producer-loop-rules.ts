/**
 * What contradicts a producer that sends each record on its own (PutRecord), or in a closed loop, in what a user wrote:
 * such fields would be read and have no effect.
 */
import { PRESETS } from './producer-presets.ts';
import type { Path } from './scenario-complaint.ts';
import type { ProducerInput, ScenarioInput } from './scenario-schema.ts';
import { RATE_KINDS, type SourceInput } from './source-schema.ts';

type Add = (path: Path, what: string, fix: string) => void;

const PATH = 'producer';

/** Whether records fall due when a slot is free, and not by a rate. */
export function isClosedLoop({ producer }: ScenarioInput): boolean {
  return producer?.concurrency !== undefined;
}

export function checkCalls(producer: ProducerInput, add: Add): void {
  if (producer.api === 'PutRecord') checkPutRecord(producer, add);
  if (producer.concurrency !== undefined) checkConcurrency(producer, add);
}

function checkPutRecord(producer: ProducerInput, add: Add): void {
  const field = (['batch', 'batchSize', 'linger'] as const).find((name) => producer[name] !== undefined);
  if (field !== undefined)
    add(
      [PATH, field],
      'PutRecord sends each record on its own, at once.',
      'Remove it, or write api: PutRecords.',
    );
  const path = kplPath(producer);
  if (path !== undefined)
    add(path, 'what is done here is done with PutRecords.', 'Write api: PutRecords, or remove it.');
}

function checkConcurrency(producer: ProducerInput, add: Add): void {
  if (producer.inFlight !== undefined)
    add([PATH, 'inFlight'], 'concurrency is the number of calls in flight.', 'Remove one of them.');
  if (producer.linger !== undefined)
    add(
      [PATH, 'linger'],
      'a slot of a closed loop does not wait for records.',
      'Remove it, or remove concurrency.',
    );
  const path = kplPath(producer);
  if (path !== undefined)
    add(path, 'a producer that works like this is no closed loop.', 'Remove it, or remove concurrency.');
}

/** The field that makes a producer the KPL's, or the Agent's. */
function kplPath({ preset, aggregate, retry }: ProducerInput): Path | undefined {
  if (aggregate === 'kpl') return [PATH, 'aggregate'];
  if (retry?.policy === 'kpl') return [PATH, 'retry', 'policy'];
  return preset !== undefined && PRESETS[preset].batchBytes !== undefined ? [PATH, 'preset'] : undefined;
}

/** In a closed loop a source has no rate, and nothing in it may depend on a schedule that there is not. */
export function checkClosedSource(
  { arrivals, keys, payload, ...source }: SourceInput,
  path: Path,
  add: Add,
): void {
  const rate = RATE_KINDS.find((name) => source[name] !== undefined);
  if (rate !== undefined)
    add(
      [...path, rate],
      'in a closed loop (producer.concurrency) the replies set the pace.',
      'Remove it, or remove concurrency.',
    );
  if (arrivals !== undefined)
    add([...path, 'arrivals'], 'in a closed loop records fall due when a slot is free.', 'Remove it.');
  const kind = typeof keys === 'string' ? keys.split(':')[0] : Object.keys(keys)[0];
  const moving = (['timestamp', 'drift'] as const).find((name) =>
    typeof keys === 'string' ? kind === name : keys[name] !== undefined,
  );
  if (moving !== undefined)
    add(
      [...path, 'keys'],
      `${moving} keys follow a schedule, and a closed loop has none.`,
      'Use other keys.',
    );
  if (payload?.template?.includes('{due}') === true)
    add(
      [...path, 'payload', 'template'],
      '{due} is of a schedule, and a closed loop has none.',
      'Remove {due}.',
    );
}
