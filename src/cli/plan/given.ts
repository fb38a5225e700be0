/**
 * A flag that was not given has no value, and none is made up for it here.
 */
export function given<T>(text: string | undefined, read: (text: string) => T): T | undefined {
  return text === undefined ? undefined : read(text);
}
