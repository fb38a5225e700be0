import { describe, expect, it } from 'vitest';
import { profilesIn, refuseUnknownProfile } from '../../../src/run/aws/profiles.ts';

describe('the profiles of a configuration file', () => {
  it.each([
    ['[default]\nregion = eu-west-1\n', ['default']],
    ['[profile dev]\n[profile "two words"]\n', ['dev', 'two words']],
    ['# [profile no]\n; [no]\n  [ prod ]\naws_access_key_id = x\n', ['prod']],
    ['', []],
  ])('are named in its headings', (text, names) => {
    expect(profilesIn(text)).toEqual(names);
  });

  it('are in none of the files where there are none: that is said, with the files', async () => {
    const env = { AWS_CONFIG_FILE: '/nowhere/config', AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials' };
    await expect(refuseUnknownProfile('nope', env)).rejects.toMatchObject({
      exitCode: 2,
      what: 'There is no profile nope in /nowhere/config or /nowhere/credentials.',
    });
  });
});
