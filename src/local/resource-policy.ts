/** PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy: a stored text, which nothing here obeys. */
import { operation } from './operation.ts';
import { findResource } from './resource.ts';
import { invalidArgument, notFound } from './service-error.ts';
import { RESOURCE_ARN } from './shape.ts';

const ARN = { ResourceARN: { ...RESOURCE_ARN, required: true } } as const;

export const PUT_RESOURCE_POLICY = operation(
  { ...ARN, Policy: { type: 'String', required: true } },
  (account, input, nowUs) => {
    const { stream } = findResource(account, input.ResourceARN, nowUs);
    if (!isObject(input.Policy)) throw invalidArgument('Policy is not a well-formed JSON document.');
    stream.settings.policies.set(input.ResourceARN, input.Policy);
    return undefined;
  },
);

/** A resource without a policy has an empty one. */
export const GET_RESOURCE_POLICY = operation(ARN, (account, input, nowUs) => {
  const { stream } = findResource(account, input.ResourceARN, nowUs);
  return { Policy: stream.settings.policies.get(input.ResourceARN) ?? '{}' };
});

export const DELETE_RESOURCE_POLICY = operation(ARN, (account, input, nowUs) => {
  const { stream } = findResource(account, input.ResourceARN, nowUs);
  if (!stream.settings.policies.delete(input.ResourceARN)) {
    throw notFound(`No resource policy found for resource ARN ${input.ResourceARN}`);
  }
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
