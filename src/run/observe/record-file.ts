/**
 * Reads a file of records, piece by piece: JSON as `aws kinesis get-records` writes it (one reply or many), records line
 * by line, or a table with commas.
 */
import { StringDecoder } from 'node:string_decoder';
import { badInput } from '../../model/refusal.ts';
import type { RecordSample } from '../../results/evidence/record-sample.ts';
import { csvColumns, recordOfCsv, type CsvColumns } from '../../results/sample/csv-records.ts';
import { recordOfJson, type FileRecord } from '../../results/sample/file-record.ts';
import { FileSampler, type FileShard } from '../../results/sample/file-sampler.ts';
import { JsonObjects } from '../../results/sample/json-objects.ts';
import { LineSplitter } from '../files/lines.ts';
import type { EndpointClock } from '../aws/reply-watch.ts';
import { isNoText, noText } from '../files/packed-file.ts';
import { eachChunk } from '../files/text-file.ts';
import { metricMsOf } from './wanted-slice.ts';

const HOW =
  'Give the JSON of "aws kinesis get-records", one record in JSON per line, or CSV with a first line ' +
  'partitionKey[,bytes][,timestamp][,explicitHashKey].';

interface Unread {
  count: number;
  firstLine: number | null;
}

/**
 * @param shards the stream's open ones, in the order of their ranges
 * @param clock of an endpoint whose metrics run faster than its records
 * @throws Refusal (exit 2) where the file cannot be read, or has no record that can
 */
export async function readRecordFile(
  path: string,
  shards: readonly FileShard[],
  clock?: EndpointClock,
): Promise<RecordSample> {
  const sampler = new FileSampler(shards);
  const unread: Unread = { count: 0, firstLine: null };
  const take = (record: FileRecord | undefined, line: number): void => {
    if (record !== undefined) {
      sampler.take(record);
      return;
    }
    unread.count++;
    unread.firstLine ??= line;
  };
  const format = await readEither(path, take);
  if (sampler.records === 0) {
    throw unread.firstLine === null
      ? badInput(`--records ${path} has no records.`, HOW)
      : badInput(
          `--records ${path}: line ${unread.firstLine} is no record, nor is anything else in it.`,
          HOW,
        );
  }
  const file = { name: path, format, unread: unread.count, firstUnreadLine: unread.firstLine };
  return sampler.sample(file, (ms) => metricMsOf(ms, clock));
}

type Take = (record: FileRecord | undefined, line: number) => void;

/** A reader of a text that comes in pieces. */
interface PieceReader {
  readonly push: (text: string) => void;
  readonly end: () => void;
}

/** Once through, for it may be a pipe. What it is, the first character that is no space says. */
async function readEither(path: string, take: Take): Promise<'json' | 'csv'> {
  const decoder = new StringDecoder('utf8');
  let format: 'json' | 'csv' | undefined;
  let reader: PieceReader | undefined;
  let blank = '';
  const push = (text: string): void => {
    if (reader === undefined) {
      blank += text;
      const first = /[^\s\ufeff]/.exec(blank)?.[0];
      if (first === undefined) return;
      if (isNoText(blank)) throw noText(`--records ${path}`);
      format = first === '{' || first === '[' ? 'json' : 'csv';
      reader = format === 'json' ? jsonReader(take) : csvReader(path, take);
      reader.push(blank);
    } else {
      reader.push(text);
    }
  };
  await eachChunk(path, (chunk) => push(decoder.write(chunk)));
  push(decoder.end());
  reader?.end();
  return format ?? 'json';
}

function jsonReader(take: Take): PieceReader {
  return new JsonObjects({
    object: (text, line) => take(recordOfJson(text), line),
    broken: (line) => take(undefined, line),
  });
}

function csvReader(path: string, take: Take): PieceReader {
  let columns: CsvColumns | undefined;
  let line = 0;
  return new LineSplitter((text, isCut) => {
    line++;
    if (text.trim() === '') return;
    if (columns === undefined) {
      columns = csvColumns(text);
      if (columns !== undefined) return;
      if (text.includes('\ufffd')) throw noText(`--records ${path}`);
      throw badInput(`--records ${path}: line ${line} names no column partitionKey.`, HOW);
    }
    take(isCut ? undefined : detached(recordOfCsv(text, columns)), line);
  });
}

/** A key that does not keep the piece of the file alive that it was cut from. */
function detached(record: FileRecord | undefined): FileRecord | undefined {
  if (record?.key === undefined) return record;
  return { ...record, key: Buffer.from(record.key, 'utf16le').toString('utf16le') };
}
