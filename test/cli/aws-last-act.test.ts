import { describe, expect, it } from 'vitest';
import { AwsLastAct } from '../../src/cli/aws-last-act.ts';
import { Refusal } from '../../src/model/refusal.ts';

const NAME = 'shardwise-0123';

function actOn(isGone: boolean, deleteNow: () => Promise<void>): Promise<string> {
  const last = new AwsLastAct(false);
  last.stream = { name: NAME, isGone: () => isGone, deleteNow };
  return last.act();
}

describe('interrupted twice, a run on AWS', () => {
  it('asks once for the deletion of its stream, and says so', async () => {
    let asked = 0;
    const said = await actOn(false, () => {
      asked++;
      return Promise.resolve();
    });
    expect([asked, said]).toEqual([1, `Stream ${NAME} is being deleted.`]);
  });

  it('asks for nothing where the stream goes already', async () => {
    const said = await actOn(true, () => Promise.reject(new Error('asked')));
    expect(said).toBe(`Stream ${NAME} is being deleted.`);
  });

  it('says what stays where it is refused', async () => {
    const refused = new Refusal(1, 'It is CREATING.', `Stream ${NAME} is still there.`);
    expect(await actOn(false, () => Promise.reject(refused))).toBe(
      `It is CREATING. Stream ${NAME} is still there.`,
    );
  });

  it('names fan-out consumers that may stay on a stream of somebody', async () => {
    expect(await new AwsLastAct(false).act()).toBe('');
    expect(await new AwsLastAct(true).act()).toContain('may still be registered');
  });
});
