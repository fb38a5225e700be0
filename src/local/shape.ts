/**
 * Declarations of what an operation takes: each field's type and constraints, and from them the TypeScript type.
 */

interface Presence {
  readonly required?: true;
}

export interface StringShape extends Presence {
  readonly type: 'String';
  /** Length in Unicode characters. */
  readonly min?: number;
  readonly max?: number;
  /** Whole-string pattern, linear in the text's length, printed in errors as it stands. */
  readonly pattern?: string;
  /** What errors print instead: AWS's own pattern, where ours says the same in linear time. */
  readonly shownPattern?: string;
  readonly values?: readonly string[];
}

export interface NumberShape extends Presence {
  /** Timestamps are seconds since the epoch, with a fraction. */
  readonly type: 'Integer' | 'Timestamp';
  readonly min?: number;
  readonly max?: number;
}

export interface BooleanShape extends Presence {
  readonly type: 'Boolean';
}

/** Bytes in base64; the text is kept, `max` counts the bytes. */
export interface BlobShape extends Presence {
  readonly type: 'Blob';
  readonly max?: number;
}

export interface ListShape extends Presence {
  readonly type: 'List';
  readonly min?: number;
  readonly max?: number;
  readonly of: Shape;
}

/** A map from texts to texts; `min` and `max` count its entries. */
export interface MapShape extends Presence {
  readonly type: 'Map';
  readonly min?: number;
  readonly max?: number;
  readonly key: StringShape;
  readonly value: StringShape;
}

export interface StructureShape extends Presence {
  readonly type: 'Structure';
  readonly fields: Fields;
}

export type Shape =
  StringShape | NumberShape | BooleanShape | BlobShape | ListShape | MapShape | StructureShape;
export type Fields = Readonly<Record<string, Shape>>;

type ValueOf<S> = S extends StringShape | BlobShape
  ? string
  : S extends NumberShape
    ? number
    : S extends BooleanShape
      ? boolean
      : S extends { type: 'List'; of: infer Item }
        ? readonly ValueOf<Item>[]
        : S extends MapShape
          ? Readonly<Record<string, string>>
          : S extends { type: 'Structure'; fields: infer F }
            ? InputOf<F>
            : never;

/** The type of a checked input. */
export type InputOf<F> = {
  readonly [K in keyof F]: F[K] extends { required: true } ? ValueOf<F[K]> : ValueOf<F[K]> | undefined;
};

/** Stream names and shard ids. */
const NAME = { type: 'String', pattern: '[a-zA-Z0-9_.-]+', min: 1, max: 128 } as const;

export const STREAM_NAME = NAME;
export const SHARD_ID = NAME;
export const STREAM_ARN = {
  type: 'String',
  pattern: 'arn:aws[^:]*:kinesis:[^:]*:\\d{12}:stream/\\S+',
  shownPattern: 'arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+',
  min: 1,
  max: 2048,
} as const;
/** A hash key in decimal digits. */
export const HASH_KEY = { type: 'String', pattern: '0|([1-9]\\d{0,38})' } as const;
/** What can have tags and a policy: a stream or one of its consumers. */
export const RESOURCE_ARN = {
  type: 'String',
  pattern: 'arn:aws[^:]*:kinesis:[^:]*:\\d{12}:[^:/]*stream/\\S+',
  shownPattern: 'arn:aws.*:kinesis:.*:\\d{12}:.*stream/\\S+',
  min: 1,
  max: 2048,
} as const;
export const NEXT_TOKEN = { type: 'String', min: 1, max: 1_048_576 } as const;
export const DRY_RUN = { type: 'Boolean' } as const;

/** How nearly every operation names its stream: either will do. */
export const STREAM_REFERENCE = { StreamName: STREAM_NAME, StreamARN: STREAM_ARN } as const;
