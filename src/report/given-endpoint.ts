/**
 * Which endpoint a printed command has to name: any that the region alone does not lead to.
 */
import type { TargetInfo } from '../results/report-document.ts';

/** AWS's public ones; an endpoint of a VPC or of FIPS is not what a region leads to. */
const OF_THE_REGION =
  /^https:\/\/(?:(?:[\w-]+\.)?(?:control-|data-)?kinesis|monitoring(?:-fips)?)\.[\w-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)\/?$/;

/** Undefined where the region says it, or nothing was asked of any. */
export function givenEndpointOf({
  kind,
  endpoint,
}: Pick<TargetInfo, 'kind' | 'endpoint'>): string | undefined {
  if (endpoint === '' || (kind !== 'local' && OF_THE_REGION.test(endpoint))) return undefined;
  return endpoint;
}
