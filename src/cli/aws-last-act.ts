/**
 * What a run on AWS still does where it is interrupted twice: it asks for the deletion of the stream that it made, and says
 * what is left.
 */
import { Refusal } from '../model/refusal.ts';
import type { TemporaryStream } from '../run/aws/aws-load.ts';
import type { LastAct } from './interrupt.ts';

export class AwsLastAct implements LastAct {
  /** The stream that was made, or is about to be. */
  stream: TemporaryStream | undefined;
  #isReported = false;

  readonly #leavesConsumers: boolean;

  /** @param leavesConsumers whether fan-out consumers may be left on a stream that stays */
  constructor(leavesConsumers: boolean) {
    this.#leavesConsumers = leavesConsumers;
  }

  /** The report is out. */
  reported(): void {
    this.#isReported = true;
  }

  readonly isReported = (): boolean => this.#isReported;

  readonly act = async (): Promise<string> => {
    const { stream } = this;
    if (stream === undefined) {
      return this.#leavesConsumers
        ? 'Fan-out consumers of the test may still be registered: see shardwise cleanup.'
        : '';
    }
    try {
      if (!stream.isGone()) await stream.deleteNow();
      return `Stream ${stream.name} is being deleted.`;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return `${error.what} ${error.fix}`;
    }
  };

  readonly cutOff = (): string =>
    `Whether stream ${this.stream?.name ?? ''} is being deleted is not known: see shardwise cleanup.`;
}
