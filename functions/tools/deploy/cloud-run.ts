import { z } from 'zod';
import { escapeControls } from '../../platform/escape-controls.ts';
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
 * Deploys to Cloud Run by Cloud Build, in the tenant's own project. A build carries a tag of its call, and its number is noted in the bucket once it is
 * known: the note is there at once, and the list of builds finds what was started when a crash came before the note. So a repetition follows, and starts nothing.
 */
export function cloudRunDeployer(access: GoogleAccess, api: GoogleApi): Deployer {
  const place = { access, api };
  return {
    describe: (request) => describe(place, request),
    find: async (callKey, request) => {
      const build = (await findNoted(place, callKey)) ?? (await findTagged(place, callKey, request));
      return build && stateOf(place, build, request);
    },
    start: (callKey, request, source) => start(place, callKey, request, source),
  };
}

interface Place {
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

const bucketOf = ({ access }: Place) => `${access.project}-apexflow-source`;
const buildsPath = ({ access }: Place, region: string) => `/v1/projects/${access.project}/locations/${region}/builds`;
const servicePath = ({ access }: Place, { region, service }: DeployRequest) =>
  `/v2/projects/${access.project}/locations/${region}/services/${service}`;
const notePath = (callKey: string) => encodeURIComponent(`calls/${callTag(callKey)}.json`);

async function describe(place: Place, request: DeployRequest) {
  const { project, account } = place.access;
  const found = expectStatus(
    await place.api.call('run', 'GET', servicePath(place, request)),
    'Looking at the service',
    [200, 404],
  );
  const address = Service.safeParse(found.body).data?.uri;
  const { service, region, files } = request;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const variables = Object.keys(request.environment).sort();
  const state = found.status === 404 ? 'a new service' : `a new revision takes over what ${address ?? 'it'} serves now`;
  return {
    summary: `Deploy ${files.length} files as ${service} to Cloud Run in ${region} of the project ${project}: ${state}.`,
    details: [
      `Project: ${project}${account === undefined ? '' : `, as ${account}`}`,
      `Service: ${service} in ${region}, ${state}`,
      `Who may call it: ${request.public ? 'everybody on the internet' : 'only whom the project lets'}`,
      `Image: ${imageOf({ project, account }, request, 'of-this-source')}`,
      `Source: ${files.length} files, ${bytes} bytes, built ${hasDockerfile(request) ? 'by its Dockerfile' : "by Google's buildpacks"}`,
      `Variables: ${variables.length === 0 ? 'none' : variables.join(', ')}`,
      'Steps: upload the source to a private bucket of the project, build the image, push it, deploy it. That takes 2 to 10 minutes, and the project pays.',
    ].join('\n'),
  };
}

async function findNoted(place: Place, callKey: string): Promise<Build | undefined> {
  const path = `/storage/v1/b/${bucketOf(place)}/o/${notePath(callKey)}?alt=media`;
  const noted = expectStatus(await place.api.call('storage', 'GET', path), 'Reading the source bucket', [200, 404]);
  const note = Note.safeParse(noted.body).data;
  if (noted.status === 404 || note === undefined) return undefined;
  const answer = await place.api.call('cloudbuild', 'GET', `${buildsPath(place, note.region)}/${note.build}`);
  const build = readAnswer(Build, answer, 'Looking at the build');
  return build.tags.includes(callTag(callKey)) ? build : undefined;
}

async function findTagged(place: Place, callKey: string, { region }: DeployRequest): Promise<Build | undefined> {
  const filter = encodeURIComponent(`tags="${callTag(callKey)}"`);
  const answer = await place.api.call('cloudbuild', 'GET', `${buildsPath(place, region)}?filter=${filter}&pageSize=10`);
  const build = readAnswer(Builds, answer, 'Listing builds').builds?.at(-1);
  if (build !== undefined) await note(place, callKey, build, region);
  return build;
}

async function start(place: Place, callKey: string, request: DeployRequest, source: Source): Promise<DeployState> {
  const { api, access } = place;
  const { region } = request;
  await makeBucket(place, region);
  const stored = await upload(place, source);
  const registry = `/v1/projects/${access.project}/locations/${region}/repositories?repositoryId=${REPOSITORY}`;
  // 409: it is there already. A new one is ready long before an image is.
  expectStatus(
    await api.call('artifactregistry', 'POST', registry, { format: 'DOCKER' }),
    'Making the image repository',
    [200, 409],
  );
  const build = buildOf(access, request, stored, callKey);
  const answer = await api.call('cloudbuild', 'POST', buildsPath(place, region), build);
  const started = readAnswer(Started, answer, 'Starting the build').metadata.build;
  await note(place, callKey, started, region);
  return stateOf(place, started, request);
}

/** Names of buckets are the whole world's: one that is not in the project's own list is somebody else's, and gets nothing. */
async function makeBucket(place: Place, region: string): Promise<void> {
  const name = bucketOf(place);
  const query = `project=${place.access.project}`;
  const listed = await place.api.call('storage', 'GET', `/storage/v1/b?${query}&prefix=${name}`);
  const items = readAnswer(Buckets, listed, 'Listing buckets').items ?? [];
  if (items.some((bucket) => bucket.name === name)) return;
  const made = await place.api.call('storage', 'POST', `/storage/v1/b?${query}`, {
    name,
    location: region,
    iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' },
    lifecycle: { rule: [{ action: { type: 'Delete' }, condition: { age: 30 } }] },
  });
  expectStatus(made, `Making the bucket ${name}`);
}

async function upload(place: Place, { bytes, hash }: Source) {
  const bucket = bucketOf(place);
  const object = `source/${hash}.tar.gz`;
  const path = `/upload/storage/v1/b/${bucket}/o?uploadType=media&ifGenerationMatch=0&name=${encodeURIComponent(object)}`;
  const sent = expectStatus(await place.api.call('storage', 'POST', path, bytes), 'Uploading the source', [200, 412]);
  const looked =
    sent.status === 200
      ? sent
      : await place.api.call('storage', 'GET', `/storage/v1/b/${bucket}/o/${encodeURIComponent(object)}`);
  const { generation } = readAnswer(StoredObject, looked, 'Looking at the source');
  return { bucket, object, generation, hash };
}

/** Two of one call write the same; the first stays. */
async function note(place: Place, callKey: string, { id }: Build, region: string): Promise<void> {
  const path = `/upload/storage/v1/b/${bucketOf(place)}/o?uploadType=media&ifGenerationMatch=0&name=${notePath(callKey)}`;
  const bytes = Buffer.from(JSON.stringify({ build: id, region }));
  expectStatus(await place.api.call('storage', 'POST', path, bytes), 'Noting the build', [200, 412]);
}

const RUNNING = ['STATUS_UNKNOWN', 'PENDING', 'QUEUED', 'WORKING'];

async function stateOf(place: Place, build: Build, request: DeployRequest): Promise<DeployState> {
  const logs =
    build.logUrl ?? `https://console.cloud.google.com/cloud-build/builds/${build.id}?project=${place.access.project}`;
  if (RUNNING.includes(build.status)) return { status: 'running', logs };
  if (build.status !== 'SUCCESS') {
    const words = [build.status, build.statusDetail, build.failureInfo?.detail].filter((word) => word !== undefined);
    return { status: 'failed', reason: escapeControls(words.join(': ')).slice(0, 1_000), logs };
  }
  const answer = await place.api.call('run', 'GET', servicePath(place, request));
  const address = Service.safeParse(expectStatus(answer, 'Looking at the service').body).data?.uri;
  if (address === undefined) throw new DeployFailure('The build ended well, but the service has no address.');
  const [image] = build.results?.images ?? [];
  return { status: 'succeeded', address, image: image === undefined ? '' : `${image.name}@${image.digest}` };
}
