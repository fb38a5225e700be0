/**
 * The files in deploy/ against minimal JSON Schemas, written from the published definitions of the fields that are used:
 * a field that is misspelt, misplaced or of another type is an error, and so is a flag that shardwise does not have.
 *
 * Kubernetes: io.k8s.api.batch.v1.JobSpec and io.k8s.api.core.v1.PodSpec in api/openapi-spec/v3 of
 * kubernetes/kubernetes. AWS Batch: RegisterJobDefinition and ContainerProperties in its API reference, 2016-08-10.
 */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { runCommand } from '../../src/cli/run.ts';
import { draftScenario } from '../../src/traffic/scenario-file.ts';

const read = (name: string): string => readFileSync(new URL(`../../deploy/${name}`, import.meta.url), 'utf8');

const text = { type: 'string' } as const;
const whole = { type: 'integer', minimum: 0 } as const;
const listOf = (items: object) => ({ type: 'array', minItems: 1, items });
/** Exactly these fields, all of them but those marked with `?`. */
function object(fields: Readonly<Record<string, object>>): object {
  const entries = Object.entries(fields);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace('?', ''), schema])),
    required: entries.flatMap(([name]) => (name.endsWith('?') ? [] : [name])),
  };
}
const words = { type: 'object', additionalProperties: text };
const metadata = object({ name: text, 'labels?': words });

const CONFIG_MAP = object({
  apiVersion: { const: 'v1' },
  kind: { const: 'ConfigMap' },
  metadata,
  data: words,
});
const JOB = object({
  apiVersion: { const: 'batch/v1' },
  kind: { const: 'Job' },
  metadata,
  spec: object({
    completionMode: { enum: ['Indexed', 'NonIndexed'] },
    completions: whole,
    parallelism: whole,
    backoffLimitPerIndex: whole,
    activeDeadlineSeconds: whole,
    template: object({
      spec: object({
        restartPolicy: { const: 'Never' },
        serviceAccountName: text,
        terminationGracePeriodSeconds: whole,
        containers: listOf(
          object({
            name: text,
            image: text,
            command: listOf(text),
            args: listOf(text),
            env: listOf(object({ name: text, value: text })),
            resources: object({ requests: words, limits: words }),
            volumeMounts: listOf(object({ name: text, mountPath: text, 'readOnly?': { type: 'boolean' } })),
          }),
        ),
        volumes: listOf(object({ name: text, configMap: object({ name: text }) })),
      }),
    }),
  }),
});
const JOB_DEFINITION = object({
  jobDefinitionName: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,128}$' },
  type: { enum: ['container', 'multinode'] },
  platformCapabilities: listOf({ enum: ['EC2', 'FARGATE'] }),
  parameters: words,
  retryStrategy: object({ attempts: { type: 'integer', minimum: 1, maximum: 10 } }),
  timeout: object({ attemptDurationSeconds: { type: 'integer', minimum: 60 } }),
  containerProperties: object({
    image: text,
    command: listOf(text),
    jobRoleArn: text,
    executionRoleArn: text,
    resourceRequirements: listOf(object({ type: { enum: ['GPU', 'VCPU', 'MEMORY'] }, value: text })),
    // Those that begin with AWS_BATCH are Batch's own.
    environment: listOf(object({ name: { type: 'string', pattern: '^(?!AWS_BATCH)' }, value: text })),
    volumes: listOf(object({ name: text, efsVolumeConfiguration: object({ fileSystemId: text }) })),
    mountPoints: listOf(object({ sourceVolume: text, containerPath: text })),
    networkConfiguration: object({ assignPublicIp: { enum: ['ENABLED', 'DISABLED'] } }),
    logConfiguration: object({ logDriver: { enum: ['awslogs', 'json-file', 'none', 'splunk', 'fluentd'] } }),
  }),
});

function wrongs(schema: object, value: unknown): unknown {
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
  return validate(value) ? [] : validate.errors;
}

/** Flags of `run`, long and short. */
const FLAGS = new Set(
  runCommand({
    ...{ out: () => undefined, err: () => undefined, setExit: () => undefined },
    ...{ stderrIsTerminal: false, columns: 80, color: false, env: {} },
  }).options.flatMap(({ long, short }) => [long, short]),
);

function unknownFlags(command: string): string[] {
  return [...command.matchAll(/(?<=\s|^)--?[a-z][a-z-]*/g)]
    .map(([flag]) => flag)
    .filter((flag) => !FLAGS.has(flag));
}

interface Job {
  readonly spec: {
    readonly completions: number;
    readonly parallelism: number;
    readonly template: { readonly spec: PodSpec };
  };
}

interface PodSpec {
  readonly containers: readonly [
    { readonly args: readonly string[]; readonly volumeMounts: readonly { name: string }[] },
  ];
  readonly volumes: readonly { readonly name: string; readonly configMap: { readonly name: string } }[];
}

describe('the Kubernetes job', () => {
  const [map, job] = parseAllDocuments(read('kubernetes-job.yaml')).map(
    (document) => document.toJS() as unknown,
  ) as [{ metadata: { name: string }; data: Record<string, string> }, Job];
  const { spec } = job;
  const [container] = spec.template.spec.containers;

  it('has fields that there are', () => {
    expect(wrongs(CONFIG_MAP, map)).toEqual([]);
    expect(wrongs(JOB, job)).toEqual([]);
    expect(wrongs(JOB, { ...job, spec: { ...spec, backoffLimitPerIdx: 0 } })).not.toEqual([]);
  });

  it('starts as many pods as there are parts, all at once, by flags that there are', () => {
    expect(container.args).toContain(`--worker=auto/${spec.completions}`);
    expect(spec.parallelism).toBe(spec.completions);
    expect(unknownFlags(container.args.slice(2).join(' '))).toEqual([]);
    expect(container.args[0]).toBe('run');
  });

  it('mounts a scenario that can be read', () => {
    const { volumes } = spec.template.spec;
    expect(volumes.map(({ name }) => name)).toEqual(container.volumeMounts.map(({ name }) => name));
    expect(volumes[0].configMap.name).toBe(map.metadata.name);
    const scenario = draftScenario(map.data['scenario.yaml'], 'scenario.yaml');
    expect(scenario.files).toEqual([]);
  });
});

describe('the AWS Batch job definition', () => {
  const definition = parse(read('aws-batch-job-definition.json')) as {
    parameters: Record<string, string>;
    containerProperties: { command: readonly string[]; environment: readonly { name: string }[] };
  };
  const { command, environment } = definition.containerProperties;

  it('has fields that there are', () => {
    expect(() => JSON.parse(read('aws-batch-job-definition.json')) as unknown).not.toThrow();
    expect(wrongs(JOB_DEFINITION, definition)).toEqual([]);
  });

  it('runs flags, variables and parameters that there are', () => {
    expect(unknownFlags(command[2].slice(command[2].indexOf(' run ')))).toEqual([]);
    const variables = [...command[2].matchAll(/\$([A-Z_]+)/g)].map(([, name]) => name);
    const known = [...environment.map(({ name }) => name), 'AWS_BATCH_JOB_ARRAY_INDEX'];
    expect(variables.filter((name) => !known.includes(name))).toEqual([]);
    const references = command.flatMap((word) => /^Ref::(\w+)$/.exec(word)?.[1] ?? []);
    expect(references).toEqual(Object.keys(definition.parameters));
  });
});

describe('the container file', () => {
  it('builds from files that there are, and starts the program', () => {
    const lines = read('Containerfile').split('\n');
    const copied = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    for (const name of copied)
      expect(() => readFileSync(new URL(`../../${name}`, import.meta.url))).not.toThrow(/ENOENT/);
    expect(lines.filter((line) => /^(FROM|WORKDIR|COPY|RUN|USER|CMD|#|$)/.test(line))).toEqual(lines);
    expect(lines).toContain('USER node');
  });
});

describe('the commands in deploy/README.md', () => {
  it('use flags of shardwise that there are', () => {
    const commands = read('README.md')
      .replaceAll('\\\n', ' ')
      .matchAll(/shardwise run [^\n']*/g);
    expect([...commands].flatMap(([command]) => unknownFlags(command))).toEqual([]);
  });
});
