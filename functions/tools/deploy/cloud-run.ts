import { z } from 'zod';
import { escapeControls } from '../../platform/escape-controls.ts';
import { showFiles } from '../show-files.ts';
import { buildOf, hasDockerfile, imageOf, REPOSITORY } from './cloud-run-build.ts';
import type { GoogleAccess } from './deploy-token.ts';
import {
  callTag,
  type Deployer,
  DeployFailure,
  type DeployRequest,
  type DeployState,
  type Source,
} from './deployment.ts';
import { expectStatus, type GoogleApi, readAnswer } from './google-api.ts';

/**
 * Deploys to Cloud Run through Cloud Build, in the tenant's own project. A build carries a tag of its call, and its id
 * is stored as a note in the project's bucket. A repeated call finds the build by the note, or by the tag if a crash
 * came before the note, and starts no second one.
 */
export function cloudRunDeployer(access: GoogleAccess, api: GoogleApi): Deployer {
  const target = { access, api };
  return {
    describe: (request) => describe(target, request),
    find: async (callKey, request) => {
      const build = (await findNoted(target, callKey)) ?? (await findTagged(target, callKey, request));
      return build && stateOf(target, build, request);
    },
    start: (callKey, request, source) => start(target, callKey, request, source),
  };
}

interface Target {
  access: GoogleAccess;
  api: GoogleApi;
}

const Build = z.object({
  id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  status: z.string(),
  tags: z.array(z.string()).default([]),
  statusDetail: z.string().optional(),
  logUrl: z.string().optional(),
  failureInfo: z.object({ detail: z.string().optional() }).optional(),
  results: z.object({ images: z.array(z.object({ name: z.string(), digest: z.string() })).optional() }).optional(),
});
type Build = z.output<typeof Build>;
const Builds = z.object({ builds: z.array(Build).optional() });
const Started = z.object({ metadata: z.object({ build: Build }) });
const Buckets = z.object({ items: z.array(z.object({ name: z.string() })).optional() });
const StoredObject = z.object({ generation: z.string().regex(/^\d+$/) });
const Note = z.object({ build: Build.shape.id, region: z.string().regex(/^[a-z]+-[a-z]+[0-9]{1,2}$/) });
const Service = z.object({ uri: z.url({ protocol: /^https$/ }) });

const bucketOf = ({ access }: Target) => `${access.project}-apexflow-source`;
const buildsPath = ({ access }: Target, region: string) => `/v1/projects/${access.project}/locations/${region}/builds`;
const servicePath = ({ access }: Target, { region, service }: DeployRequest) =>
  `/v2/projects/${access.project}/locations/${region}/services/${service}`;
const notePath = (callKey: string) => encodeURIComponent(`calls/${callTag(callKey)}.json`);

async function describe(target: Target, request: DeployRequest) {
  const { project, account } = target.access;
  const found = expectStatus(
    await target.api.call('run', 'GET', servicePath(target, request)),
    'Reading the service',
    [200, 404],
  );
  const address = Service.safeParse(found.body).data?.uri;
  const { service, region, files } = request;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const variables = Object.keys(request.environment).sort();
  const state =
    found.status === 404
      ? 'a new service'
      : `a new revision replaces the one that ${address ?? 'the service'} runs now`;
  return {
    summary: `Deploy ${files.length} files as ${service} to Cloud Run in ${region} of the project ${project}: ${state}.`,
    details: [
      `Project: ${project}${account === undefined ? '' : `, as ${account}`}`,
      `Service: ${service} in ${region}, ${state}`,
      `Callers: ${request.public ? 'everybody on the internet' : 'only accounts that the project allows'}`,
      `Image: ${imageOf({ project, account }, request, 'of-this-source')}`,
      `Source: ${files.length} files, ${bytes} bytes, built ${hasDockerfile(request) ? 'by its Dockerfile' : "by Google's buildpacks"}`,
      `Variables: ${variables.length === 0 ? 'none' : variables.join(', ')}`,
      'Steps: upload the source to a private bucket of the project, build the image, push it, deploy it. This takes 2 to 10 minutes, and the project is billed for it.',
      `Files:\n${showFiles(files)}`,
    ].join('\n'),
  };
}

async function findNoted(target: Target, callKey: string): Promise<Build | undefined> {
  const path = `/storage/v1/b/${bucketOf(target)}/o/${notePath(callKey)}?alt=media`;
  const noted = expectStatus(await target.api.call('storage', 'GET', path), 'Reading the source bucket', [200, 404]);
  const note = Note.safeParse(noted.body).data;
  if (noted.status === 404 || note === undefined) return undefined;
  const answer = await target.api.call('cloudbuild', 'GET', `${buildsPath(target, note.region)}/${note.build}`);
  const build = readAnswer(Build, answer, 'Reading the build');
  return build.tags.includes(callTag(callKey)) ? build : undefined;
}

async function findTagged(target: Target, callKey: string, { region }: DeployRequest): Promise<Build | undefined> {
  const filter = encodeURIComponent(`tags="${callTag(callKey)}"`);
  const answer = await target.api.call(
    'cloudbuild',
    'GET',
    `${buildsPath(target, region)}?filter=${filter}&pageSize=10`,
  );
  const build = readAnswer(Builds, answer, 'Listing builds').builds?.at(-1);
  if (build !== undefined) await storeNote(target, callKey, build, region);
  return build;
}

async function start(target: Target, callKey: string, request: DeployRequest, source: Source): Promise<DeployState> {
  const { api, access } = target;
  const { region } = request;
  await createBucket(target, region);
  const stored = await upload(target, source);
  const registry = `/v1/projects/${access.project}/locations/${region}/repositories?repositoryId=${REPOSITORY}`;
  // 409: the repository exists already. A new repository is ready long before the image.
  expectStatus(
    await api.call('artifactregistry', 'POST', registry, { format: 'DOCKER' }),
    'Creating the image repository',
    [200, 409],
  );
  const build = buildOf(access, request, stored, callKey);
  const answer = await api.call('cloudbuild', 'POST', buildsPath(target, region), build);
  const started = readAnswer(Started, answer, 'Starting the build').metadata.build;
  await storeNote(target, callKey, started, region);
  return stateOf(target, started, request);
}

/**
 * Creates the source bucket unless the project has it. Bucket names are global, so only a bucket in the project's own
 * list may be used: another project could own the name.
 */
async function createBucket(target: Target, region: string): Promise<void> {
  const name = bucketOf(target);
  const query = `project=${target.access.project}`;
  const listed = await target.api.call('storage', 'GET', `/storage/v1/b?${query}&prefix=${name}`);
  const items = readAnswer(Buckets, listed, 'Listing buckets').items ?? [];
  if (items.some((bucket) => bucket.name === name)) return;
  const made = await target.api.call('storage', 'POST', `/storage/v1/b?${query}`, {
    name,
    location: region,
    iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' },
    lifecycle: { rule: [{ action: { type: 'Delete' }, condition: { age: 30 } }] },
  });
  expectStatus(made, `Creating the bucket ${name}`);
}

async function upload(target: Target, { bytes, hash }: Source) {
  const bucket = bucketOf(target);
  const object = `source/${hash}.tar.gz`;
  const path = `/upload/storage/v1/b/${bucket}/o?uploadType=media&ifGenerationMatch=0&name=${encodeURIComponent(object)}`;
  const sent = expectStatus(await target.api.call('storage', 'POST', path, bytes), 'Uploading the source', [200, 412]);
  const looked =
    sent.status === 200
      ? sent
      : await target.api.call('storage', 'GET', `/storage/v1/b/${bucket}/o/${encodeURIComponent(object)}`);
  const { generation } = readAnswer(StoredObject, looked, 'Reading the source');
  return { bucket, object, generation, hash };
}

/** Stores the note of a build. Concurrent repetitions of a call write the same note, and the first write stays. */
async function storeNote(target: Target, callKey: string, { id }: Build, region: string): Promise<void> {
  const path = `/upload/storage/v1/b/${bucketOf(target)}/o?uploadType=media&ifGenerationMatch=0&name=${notePath(callKey)}`;
  const bytes = Buffer.from(JSON.stringify({ build: id, region }));
  expectStatus(await target.api.call('storage', 'POST', path, bytes), 'Storing the note of the build', [200, 412]);
}

const RUNNING = ['STATUS_UNKNOWN', 'PENDING', 'QUEUED', 'WORKING'];

async function stateOf(target: Target, build: Build, request: DeployRequest): Promise<DeployState> {
  const logs =
    build.logUrl ?? `https://console.cloud.google.com/cloud-build/builds/${build.id}?project=${target.access.project}`;
  if (RUNNING.includes(build.status)) return { status: 'running', logs };
  if (build.status !== 'SUCCESS') {
    const words = [build.status, build.statusDetail, build.failureInfo?.detail].filter((word) => word !== undefined);
    return { status: 'failed', reason: escapeControls(words.join(': ')).slice(0, 1_000), logs };
  }
  const answer = await target.api.call('run', 'GET', servicePath(target, request));
  const address = Service.safeParse(expectStatus(answer, 'Reading the service').body).data?.uri;
  if (address === undefined) throw new DeployFailure('The build succeeded, but the service has no address.');
  const [image] = build.results?.images ?? [];
  return { status: 'succeeded', address, image: image === undefined ? '' : `${image.name}@${image.digest}` };
}
