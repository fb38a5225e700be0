/** The parts that several CloudWatch operations take. */

const NAME = { type: 'String', min: 1, max: 255 } as const;

export const METRIC_NAME = NAME;
export const NAMESPACE_NAME = { type: 'String', pattern: '[^:].*', min: 1, max: 255 } as const;

export const DIMENSIONS = {
  type: 'List',
  max: 30,
  of: {
    type: 'Structure',
    fields: {
      Name: { ...NAME, required: true },
      Value: { type: 'String', min: 1, max: 1024, required: true },
    },
  },
} as const;

export const UNIT = {
  type: 'String',
  values: unitNames(),
} as const;

/** The standard units; Kinesis's metrics come in three of them. */
function unitNames(): string[] {
  const sizes = ['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'];
  const bits = ['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits'];
  const amounts = [...sizes, ...bits, 'Count'];
  const times = ['Seconds', 'Microseconds', 'Milliseconds'];
  return [...times, ...amounts, ...amounts.map((unit) => `${unit}/Second`), 'Percent', 'None'];
}
