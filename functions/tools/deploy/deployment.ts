import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { z } from 'zod';
import { packTree } from '../sandbox/lay-out-tree.ts';
import { readContents } from '../workspace.ts';

/**
 * Deploys a run's files as a service that others can use. An implementation supports one platform; Cloud Run is the
 * first. A deployment continues without us, so it is polled and never waited for. All methods throw DeployFailure.
 */
export interface Deployer {
  /** Describes what a start would do, for the user who allows it. */
  describe(request: DeployRequest): Promise<DeployPlan>;
  /** Returns the state of this call's deployment, or undefined when the call has started none. */
  find(callKey: string, request: DeployRequest): Promise<DeployState | undefined>;
  /** Starts the deployment of the source. */
  start(callKey: string, request: DeployRequest, source: Source): Promise<DeployState>;
}

export interface Source {
  /** The files as `tar.gz`. */
  bytes: Uint8Array;
  /** The hash of paths, modes and contents. */
  hash: string;
}

interface DeployPlan {
  summary: string;
  details: string;
}

export type DeployState =
  | { status: 'running'; logs: string }
  | { status: 'succeeded'; address: string; image: string }
  | { status: 'failed'; reason: string; logs: string };

/** The arguments of the model. Names and values become arguments of gcloud, so their form is restricted. */
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
    .meta({ description: 'true: everybody may call the service. false: only accounts that the project allows' }),
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
    .meta({ description: 'Environment variables of the service. Do not put secrets here.' }),
});
export type DeployParameters = z.output<typeof DeployParameters>;

export interface DeployRequest extends DeployParameters {
  runId: string;
  files: readonly { path: string; sha256: string; size: number; mode: 'regular' | 'executable' }[];
}

/**
 * A failure with a message for a model, without the credential. `isPassing`: there was no answer; a retry may succeed.
 */
export class DeployFailure extends Error {
  readonly isPassing: boolean;

  constructor(said: string, isPassing = false) {
    super(said);
    this.name = 'DeployFailure';
    this.isPassing = isPassing;
  }
}

/** Hashes everything that the user is shown: the project, the settings and every byte of the source. */
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

/** Returns the tag that identifies a call in Cloud Build. */
export function callTag(callKey: string): string {
  return `apexflow-call-${createHash('sha256').update(callKey).digest('hex').slice(0, 40)}`;
}

/** The largest source of a service. A run's files may be larger. */
export const MOST_SOURCE_BYTES = 100 * 1024 * 1024;

/** Packs the files as `tar.gz` without times and owners, so that equal files have the same hash and are stored once. */
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
