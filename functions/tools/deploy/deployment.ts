import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { z } from 'zod';
import { packTree } from '../sandbox/lay-out-tree.ts';
import { readContents } from '../workspace.ts';

/**
 * Deploying a run's files as a service that others can use. An adapter knows one place; Cloud Run is the first. What it starts goes on without us, so it is
 * looked at from time to time and never waited for.
 */
export interface Deployer {
  /** What a start would do, for the person who allows it. @throws DeployFailure */
  describe(request: DeployRequest): Promise<DeployPlan>;
  /** What became of this call's deployment; undefined when it has started none. @throws DeployFailure */
  find(callKey: string, request: DeployRequest): Promise<DeployState | undefined>;
  /** @param source the files as a `tar.gz`, and the name of its contents @throws DeployFailure */
  start(callKey: string, request: DeployRequest, source: Source): Promise<DeployState>;
}

export interface Source {
  bytes: Uint8Array;
  hash: string;
}

export interface DeployPlan {
  summary: string;
  details: string;
}

export type DeployState =
  | { status: 'running'; logs: string }
  | { status: 'succeeded'; address: string; image: string }
  | { status: 'failed'; reason: string; logs: string };

/** What a model wants deployed. Names and values become arguments of a program, so their form is closed. */
export const DeployParameters = z.strictObject({
  service: z
    .string()
    .regex(/^[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?$/)
    .meta({ description: 'Name of the service: lower-case letters, digits and dashes' }),
  region: z
    .string()
    .max(40)
    .regex(/^[a-z]+-[a-z]+[0-9]{1,2}$/)
    .default('us-central1'),
  public: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether everybody may call it; otherwise only whom the project lets' }),
  environment: z
    .record(
      z
        .string()
        .max(100)
        .regex(/^(?!PORT$|K_)[A-Z][A-Z0-9_]*$/),
      z
        .string()
        .max(1_000)
        .regex(/^[^\p{Cc}]*$/u, 'must be one line'),
    )
    .refine((variables) => Object.keys(variables).length <= 50, 'at most 50 variables')
    .default({})
    .meta({ description: 'Variables of the service, which are no place for secrets' }),
});
export type DeployParameters = z.output<typeof DeployParameters>;

export interface DeployRequest extends DeployParameters {
  runId: string;
  files: readonly { path: string; sha256: string; size: number; mode: 'regular' | 'executable' }[];
}

/** In words for a model, without the credential. `isPassing`: there was no answer, and a later look may get one. */
export class DeployFailure extends Error {
  readonly isPassing: boolean;

  constructor(said: string, isPassing = false) {
    super(said);
    this.name = 'DeployFailure';
    this.isPassing = isPassing;
  }
}

/** Names everything that a person is shown: the place, the settings and every byte of the source. */
export function fingerprintOf(place: string, { files, runId: _, ...settings }: DeployRequest): string {
  const listed = files
    .map(({ path, sha256, mode }) => [path, sha256, mode])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  const { service, region, environment } = settings;
  const variables = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([place, service, region, settings.public, variables, listed]))
    .digest('hex');
}

/** Names a call at the place it deploys to. */
export function callTag(callKey: string): string {
  return `apexflow-call-${createHash('sha256').update(callKey).digest('hex').slice(0, 40)}`;
}

/** What a deployment may send; a run's files may be larger, but a service's source is not. */
export const MOST_SOURCE_BYTES = 100 * 1024 * 1024;

/** The files as a `tar.gz` without times and owners, so the same files have the same name, and are stored once. */
export async function packSource(tenantId: string, files: DeployRequest['files']): Promise<Source> {
  const contents = await readContents(tenantId, files);
  const sorted = files.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const tree = sorted.map(({ path, mode, sha256 }) => ({
    path,
    mode,
    content: new Uint8Array(contents.get(sha256) ?? []),
  }));
  const hash = createHash('sha256').update(
    JSON.stringify(sorted.map(({ path, mode, sha256 }) => [path, mode, sha256])),
  );
  return { bytes: await buffer(Readable.from(packTree(tree)).pipe(createGzip())), hash: hash.digest('hex') };
}
