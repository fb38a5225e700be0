/**
 * The world's errors, as told to a user: one sentence on what is wrong and where, one on what to do.
 * Our own mistakes are ordinary errors and keep their stack trace.
 */
export class Refusal extends Error {
  /** 2: asked wrongly (flags, files). 1: the world failed us (network, disk, port). */
  readonly exitCode: 1 | 2;
  readonly what: string;
  readonly fix: string;

  constructor(exitCode: 1 | 2, what: string, fix: string) {
    super(`${what} ${fix}`);
    this.name = 'Refusal';
    this.exitCode = exitCode;
    this.what = what;
    this.fix = fix;
  }
}

/** The user asked wrongly. Name the flag, or the file and the path of the field. */
export function badInput(what: string, fix: string): Refusal {
  return new Refusal(2, what, fix);
}

/** The network, the disk or a service did not do its part. */
export function worldFailure(what: string, fix: string): Refusal {
  return new Refusal(1, what, fix);
}
