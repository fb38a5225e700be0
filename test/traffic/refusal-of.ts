/** The refusal that an act ends in; any other error, or none, fails the test. */
import { Refusal } from '../../src/model/refusal.ts';

export function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
