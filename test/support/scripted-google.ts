import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { readBody, sendJson, startHttpServer } from './scripted-server.ts';

/**
 * The parts of the REST APIs of Cloud Build, Cloud Storage, Artifact Registry and Cloud Run that a deployment uses,
 * each under its own path. It builds nothing: the test sets the status of a build.
 */
export interface ScriptedGoogle {
  endpointOf(service: string): string;
  requests: { line: string; authorization: string | undefined }[];
  buckets: string[];
  objects: Map<string, Buffer>;
  builds: (ScriptedBuild & { body: z.infer<typeof BuildBody> })[];
  /** Maps the name of a running service to its address. */
  services: Map<string, string>;
  /**
   * Returns a status, or where the connection is cut, instead of the usual answer. Undefined gives the usual answer.
   */
  instead: ((line: string) => number | 'cut' | 'cut after' | undefined) | undefined;
  close(): Promise<void>;
}

export interface ScriptedBuild {
  id: string;
  status: string;
  tags: string[];
  logUrl: string;
  statusDetail?: string;
  results?: { images: { name: string; digest: string }[] };
}

const BuildBody = z.strictObject({
  source: z.strictObject({
    storageSource: z.strictObject({ bucket: z.string(), object: z.string(), generation: z.string().regex(/^\d+$/) }),
  }),
  steps: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      entrypoint: z.string().optional(),
      args: z.array(z.string()),
    }),
  ),
  images: z.array(z.string()),
  tags: z.array(z.string().regex(/^\w[\w.-]{0,127}$/)),
  timeout: z.string().regex(/^\d+s$/),
  queueTtl: z.string().regex(/^\d+s$/),
  options: z.strictObject({ logging: z.literal('CLOUD_LOGGING_ONLY') }),
  serviceAccount: z.string().optional(),
});

export async function startScriptedGoogle(): Promise<ScriptedGoogle> {
  const server = await startHttpServer((request, response) => void answer(state, request, response));
  const state: ScriptedGoogle = {
    endpointOf: (service) => `${server.url}/${service}`,
    requests: [],
    buckets: [],
    objects: new Map(),
    builds: [],
    services: new Map(),
    instead: undefined,
    close: server.close,
  };
  return state;
}

async function answer(state: ScriptedGoogle, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = await readBody(request);
  const url = new URL(request.url ?? '/', 'http://localhost');
  const line = `${request.method} ${url.pathname}`;
  state.requests.push({ line, authorization: request.headers.authorization });
  const instead = state.instead?.(line);
  if (instead === 'cut') return void request.socket.destroy();
  if (typeof instead === 'number') return sendJson(response, instead, { error: { message: `scripted ${instead}` } });
  const [status, body] = route(state, request.method ?? '', url, bytes);
  if (instead === 'cut after') return void request.socket.destroy();
  sendJson(response, status, body);
}

function route(state: ScriptedGoogle, method: string, url: URL, bytes: Buffer): [status: number, body: object] {
  const path = url.pathname;
  const missing: [number, object] = [404, { error: { message: 'not found' } }];
  if (path === '/storage/storage/v1/b' && method === 'GET')
    return [
      200,
      {
        items: state.buckets
          .filter((name) => name.startsWith(url.searchParams.get('prefix') ?? ''))
          .map((name) => ({ name })),
      },
    ];
  if (path === '/storage/storage/v1/b') {
    state.buckets.push(z.object({ name: z.string() }).parse(JSON.parse(bytes.toString())).name);
    return [200, {}];
  }
  const uploaded = /^\/storage\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(path)?.[1];
  if (uploaded !== undefined) {
    const key = `${uploaded}/${url.searchParams.get('name')}`;
    if (!state.buckets.includes(uploaded)) return missing;
    if (state.objects.has(key)) return [412, { error: { message: 'conditionNotMet' } }];
    state.objects.set(key, bytes);
    return [200, { generation: '1700' }];
  }
  const read = /^\/storage\/storage\/v1\/b\/([^/]+)\/o\/([^/]+)$/.exec(path);
  if (read) {
    const object = state.objects.get(`${read[1]}/${decodeURIComponent(read[2] ?? '')}`);
    if (object === undefined) return missing;
    return [200, url.searchParams.get('alt') === 'media' ? JSON.parse(object.toString()) : { generation: '1700' }];
  }
  if (path.startsWith('/artifactregistry/')) return [409, { error: { message: 'exists' } }];
  const service = /^\/run\/v2\/projects\/[^/]+\/locations\/[^/]+\/services\/([^/]+)$/.exec(path)?.[1];
  if (service !== undefined) {
    const uri = state.services.get(service);
    return uri === undefined ? missing : [200, { uri }];
  }
  const builds = /^\/cloudbuild\/v1\/projects\/[^/]+\/locations\/[^/]+\/builds(?:\/([^/]+))?$/.exec(path);
  if (builds === null) return missing;
  if (builds[1] !== undefined) {
    const found = state.builds.find(({ id }) => id === builds[1]);
    return found === undefined ? missing : [200, found];
  }
  if (method === 'GET') {
    const tag = /^tags="(.+)"$/.exec(url.searchParams.get('filter') ?? '')?.[1] ?? '';
    return [200, { builds: state.builds.filter(({ tags }) => tags.includes(tag)) }];
  }
  const body = BuildBody.parse(JSON.parse(bytes.toString()));
  const id = `build-${state.builds.length + 1}`;
  const build = { id, status: 'QUEUED', tags: body.tags, logUrl: `https://console.example/${id}`, body };
  state.builds.push(build);
  return [200, { name: `operations/${id}`, metadata: { build } }];
}
