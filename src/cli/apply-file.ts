/**
 * The file that `apply` is given: a recommendation whose steps fit together, and the stream that they are for.
 */
import { badInput } from '../model/refusal.ts';
import type { LayoutTrail } from '../results/layout-trail.ts';
import type { RecommendationDocument } from '../results/recommendation-document.ts';
import type { AwsOptions } from '../run/aws/connection.ts';
import { partsOf } from '../run/aws/stream-reference.ts';

const MAKE_ONE = 'Make one with shardwise recommend -o FILE.json.';

export interface StepsFile {
  readonly document: RecommendationDocument;
  readonly trail: LayoutTrail;
}

/** @throws Refusal (exit 2) where it is another kind of report, or its steps do not fit together */
export async function readSteps(file: string): Promise<StepsFile> {
  const { readTextFile } = await import('../run/files/text-file.ts');
  const { readDocument } = await import('../report/saved-document.ts');
  const { trailOf } = await import('../results/steps-to-apply.ts');
  const document = readDocument(await readTextFile(file), file);
  if (document.kind !== 'recommendation')
    throw badInput(`${file} is a report of kind ${document.kind}: it has no steps to apply.`, MAKE_ONE);
  if (document.partial !== false)
    throw badInput(`${file} is a recommendation that was cut short (${document.partial}).`, MAKE_ONE);
  return { document, trail: trailOf(document, file) };
}

export interface AppliedStream {
  /** Name or ARN, as calls name it. */
  readonly name: string;
  readonly shortName: string;
  readonly arn: string;
  /** When it was created, milliseconds since 1970; undefined where that was not known when the steps were made. */
  readonly createdMs: number | undefined;
  readonly aws: AwsOptions;
}

/**
 * Which stream, and where: the recommendation says it, and flags may not contradict it.
 *
 * What was made for a local endpoint goes to that endpoint or to the one that --endpoint-url names, never to AWS.
 */
export function streamOf(
  { target, evidence }: RecommendationDocument,
  aws: AwsOptions,
  file: string,
): AppliedStream {
  const parts = partsOf(target.stream);
  if (parts === undefined)
    throw badInput(
      `${file}: target.stream is not the ARN of a stream, so the steps may be of any.`,
      MAKE_ONE,
    );
  if (target.kind === 'local' && aws.endpointUrl !== undefined && isAws(aws.endpointUrl)) {
    throw badInput(
      `${file} is for a local endpoint (${target.endpoint}), and --endpoint-url names AWS.`,
      'Ask shardwise recommend about the stream on AWS: its steps are others.',
    );
  }
  if (aws.region !== undefined && aws.region !== target.region) {
    throw badInput(
      `${file} is for ${target.region}, and --region says ${aws.region}.`,
      'Leave --region out: the file says it.',
    );
  }
  return {
    name: target.stream,
    shortName: parts.name,
    arn: target.stream,
    createdMs: evidence.stream?.createdMs,
    aws: {
      ...aws,
      region: target.region,
      endpointUrl: aws.endpointUrl ?? (target.kind === 'local' ? target.endpoint : undefined),
    },
  };
}

function isAws(endpoint: string): boolean {
  return /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
}
