/**
 * Records as rows of comma-separated values. The first row names the columns: partitionKey, and bytes (of the data),
 * timestamp and explicitHashKey where it has them; others are passed over.
 */
import { partOf, recordOf, type FileRecord, type Part } from './file-record.ts';

export type CsvColumns = readonly (Part | undefined)[];

/** What the columns are; undefined where no column, or more than one, has the partition key. */
export function csvColumns(header: string): CsvColumns | undefined {
  const columns = csvFields(header.replace(/^\ufeff/, ''))?.map(partOf);
  return columns?.filter((part) => part === 'key').length === 1 ? columns : undefined;
}

/** Undefined where the row is no record, or has not as many fields as there are columns. */
export function recordOfCsv(row: string, columns: CsvColumns): FileRecord | undefined {
  const fields = csvFields(row);
  if (fields?.length !== columns.length) return undefined;
  const parts: Partial<Record<Part, string>> = {};
  columns.forEach((part, i) => {
    // Data are sizes alone here: a payload has no place in such a table.
    if (part !== undefined && part !== 'data' && fields[i] !== '') parts[part] ??= fields[i];
  });
  return parts.key === undefined ? undefined : recordOf(parts);
}

/** Fields of a row; those in quotes may hold commas, and quotes that are doubled. Undefined where a quote stays open. */
export function csvFields(row: string): string[] | undefined {
  if (!row.includes('"')) return row.split(',');
  const fields: string[] = [];
  const field = /\s*"((?:[^"]|"")*)"\s*(,|$)|([^,"]*)(,|$)/y;
  for (;;) {
    const match = field.exec(row);
    if (match === null) return undefined;
    const [, quoted, quotedEnd, plain, plainEnd] = match as (string | undefined)[];
    fields.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if ((quotedEnd ?? plainEnd) === '') return fields;
  }
}
