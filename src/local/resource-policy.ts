/** PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy: a stored text, which nothing here obeys. */
import { operation } from './operation.ts';
import { findResource, settingsOf } from './resource.ts';
import { invalidArgument, notFound } from './service-error.ts';
import { RESOURCE_ARN } from './shape.ts';

const ARN = { ResourceARN: { ...RESOURCE_ARN, required: true } } as const;

export const PUT_RESOURCE_POLICY = operation(
  { ...ARN, Policy: { type: 'String', required: true } },
  (account, input, nowUs) => {
    const settings = settingsOf(findResource(account, input.ResourceARN, nowUs));
    if (!isObject(input.Policy)) throw invalidArgument('Policy is not a well-formed JSON document.');
    settings.policy = input.Policy;
    return undefined;
  },
);

/** A resource without a policy has an empty one. */
export const GET_RESOURCE_POLICY = operation(ARN, (account, input, nowUs) => {
  const { policy } = settingsOf(findResource(account, input.ResourceARN, nowUs));
  return { Policy: policy ?? '{}' };
});

export const DELETE_RESOURCE_POLICY = operation(ARN, (account, input, nowUs) => {
  const settings = settingsOf(findResource(account, input.ResourceARN, nowUs));
  if (settings.policy === undefined) {
    throw notFound(`No resource policy found for resource ARN ${input.ResourceARN}`);
  }
  settings.policy = undefined;
  return undefined;
});

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
