/**
 * The profiles in AWS's configuration files, for who names one that is in none of them.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { badInput } from '../../model/refusal.ts';

/** Where the SDK looks, too. */
function filesOf(env: NodeJS.ProcessEnv): string[] {
  const home = env.HOME ?? homedir();
  return [
    env.AWS_CONFIG_FILE ?? join(home, '.aws', 'config'),
    env.AWS_SHARED_CREDENTIALS_FILE ?? join(home, '.aws', 'credentials'),
  ];
}

/** Names of profiles in the text of a configuration or credentials file: `[profile dev]`, `[dev]`. */
export function profilesIn(text: string): string[] {
  return [...text.matchAll(/^\s*\[\s*(?:profile\s+)?["']?([^\]"']+?)["']?\s*\]/gm)].map((match) => match[1]);
}

/** @throws Refusal (exit 2) where no file has a profile of that name; nothing where one has */
export async function refuseUnknownProfile(name: string, env = process.env): Promise<void> {
  const files = filesOf(env);
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const known = new Set(texts.flatMap(profilesIn));
  if (known.has(name)) return;
  const others = [...known].slice(0, 5).join(', ');
  throw badInput(
    `There is no profile ${name} in ${files.join(' or ')}.`,
    others === ''
      ? 'Make it with "aws configure --profile NAME", or leave --profile and AWS_PROFILE out and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
      : `Name one that is there (${others}), or make it with "aws configure --profile NAME".`,
  );
}
