/**
 * An independent reader of the KPL's aggregates, written from the description of the format and of protobuf's wire
 * format, in another way than the codec: by bigints and a cursor. Throws where something is not as described.
 */
import { createHash } from 'node:crypto';

export interface Unpacked {
  readonly key: string;
  readonly explicitHashKey?: string;
  readonly data: Buffer;
}

type Field = { readonly number: number; readonly value: bigint | Buffer };

export function unpackAggregate(blob: Uint8Array): Unpacked[] {
  const bytes = Buffer.from(blob);
  if (bytes.toString('hex', 0, 4) !== 'f3899ac2') throw new Error('no magic');
  const message = bytes.subarray(4, -16);
  if (createHash('md5').update(message).digest('hex') !== bytes.toString('hex', bytes.length - 16)) {
    throw new Error('the digest is another');
  }
  const fields = fieldsOf(message);
  const texts = (number: number): string[] =>
    fields
      .filter((field) => field.number === number)
      .map((field) => (field.value as Buffer).toString('utf8'));
  const [keys, hashKeys] = [texts(1), texts(2)];
  return fields
    .filter((field) => field.number === 3)
    .map((field) => {
      const record = new Map(fieldsOf(field.value as Buffer).map(({ number, value }) => [number, value]));
      const key = keys.at(Number(record.get(1)));
      const data = record.get(3);
      if (key === undefined || !Buffer.isBuffer(data)) throw new Error('a record misses a required field');
      const explicit = record.get(2);
      return {
        key,
        data,
        ...(explicit === undefined ? {} : { explicitHashKey: hashKeys[Number(explicit)] }),
      };
    });
}

function fieldsOf(message: Buffer): Field[] {
  let rest = message;
  const varint = (): bigint => {
    const length = rest.findIndex((byte) => byte < 128) + 1;
    if (length === 0) throw new Error('a varint without an end');
    const value = [...rest.subarray(0, length)].reduceRight(
      (sum, byte) => (sum << 7n) | BigInt(byte & 127),
      0n,
    );
    rest = rest.subarray(length);
    return value;
  };
  const fields: Field[] = [];
  while (rest.length > 0) {
    const tag = varint();
    const number = Number(tag >> 3n);
    if ((tag & 7n) === 0n) fields.push({ number, value: varint() });
    else if ((tag & 7n) === 2n) {
      const length = Number(varint());
      if (length > rest.length) throw new Error('a field longer than its message');
      fields.push({ number, value: rest.subarray(0, length) });
      rest = rest.subarray(length);
    } else throw new Error(`wire type ${tag & 7n}`);
  }
  return fields;
}
