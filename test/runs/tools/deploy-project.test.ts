import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { deployProject } from '../../../functions/runs/tools/deploy-project.ts';
import type { ApprovalRequest, Tool } from '../../../functions/tools/tool.ts';
import { type ScriptedGoogle, startScriptedGoogle } from '../../support/scripted-google.ts';
import { createOutsideCaller, type OutsideCaller } from './repository-caller.ts';

const PAIR = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ACCOUNT = 'deployer@acme-apps.iam.gserviceaccount.com';
const KEY = {
  type: 'service_account',
  project_id: 'acme-apps',
  private_key_id: 'key1',
  private_key: PAIR.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  client_email: ACCOUNT,
  token_uri: 'https://evil.example/token',
};
const PARAMETERS = {
  service: 'counter',
  region: 'europe-west1',
  environment: { MODE: 'prod', GREETING: 'a $HOME, b|c~~0~~d' },
};

let google: ScriptedGoogle;
let tool: Tool;
let caller: OutsideCaller;
beforeAll(async () => {
  google = await startScriptedGoogle();
  tool = deployProject(google.endpointOf);
});
afterAll(() => google.close());
beforeEach(async () => {
  google.requests.length = 0;
  google.builds.length = 0;
  google.buckets.length = 0;
  google.objects.clear();
  google.services.clear();
  google.instead = undefined;
  caller = await createOutsideCaller();
  await caller.putSecret('deploy_token', JSON.stringify(KEY));
  await caller.write({ 'package.json': '{}', 'src/server.js': 'listen', '.git/config': 'x' });
});
afterEach(() => {
  delete environment.GOOGLE_CLOUD_PROJECT;
});

async function asked(parameters: unknown = PARAMETERS): Promise<ApprovalRequest> {
  const request = await caller.ask(tool, parameters);
  if (request.status !== 'approval') throw new Error(`There is no approval request: ${request.output}`);
  return request;
}
const allow = async () => ({ approved: caller.allowed(await asked()) });
const posts = (path: string) =>
  google.requests.filter(({ line }) => line.startsWith('POST') && line.includes(path)).length;

function finish(status: string, more: object = {}): void {
  for (const build of google.builds) Object.assign(build, { status, ...more });
}

describe('the approval request', () => {
  test('shows project, service, access, files and the names of the variables; nothing is started', async () => {
    const request = await asked();
    expect(request.summary).toBe(
      'Deploy 2 files as counter to Cloud Run in europe-west1 of the project acme-apps: a new service.',
    );
    expect(request.details?.split('\n')).toEqual([
      `Project: acme-apps, as ${ACCOUNT}`,
      'Service: counter in europe-west1, a new service',
      'Callers: only accounts that the project allows',
      'Image: europe-west1-docker.pkg.dev/acme-apps/apexflow/counter:of-this-source',
      "Source: 2 files, 8 bytes, built by Google's buildpacks",
      'Variables: GREETING, MODE',
      expect.stringContaining('Steps: upload the source'),
      'Files:',
      'Files that may run code (1), look at these first:',
      'package.json',
      'Other files (1):',
      'src/server.js',
    ]);
    expect(JSON.stringify(request)).not.toMatch(/PRIVATE KEY|prod/);
    expect(google.requests.map(({ line }) => line)).toEqual([
      'GET /run/v2/projects/acme-apps/locations/europe-west1/services/counter',
    ]);
  });

  test('shows which service it replaces, public access, and a build with a Dockerfile', async () => {
    google.services.set('counter', 'https://counter-1.run.app');
    await caller.write({ Dockerfile: 'FROM scratch' });
    const { details } = await asked({ ...PARAMETERS, public: true });
    expect(details).toContain('a new revision replaces the one that https://counter-1.run.app runs now');
    expect(details).toContain('everybody on the internet');
    expect(details).toContain('by its Dockerfile');
  });

  test('has a fingerprint that depends on everything that it shows', async () => {
    const prints = [
      await asked(),
      await asked({ ...PARAMETERS, public: true }),
      await asked({ ...PARAMETERS, service: 'other' }),
    ];
    prints.push(
      await asked({ ...PARAMETERS, region: 'us-central1' }),
      await asked({ ...PARAMETERS, environment: { MODE: 'x' } }),
    );
    await caller.write({ 'src/server.js': 'other' });
    prints.push(await asked());
    expect(new Set(prints.map(({ fingerprint }) => fingerprint)).size).toBe(6);
    expect((await asked()).fingerprint).toBe(prints.at(-1)?.fingerprint);
  });

  test.each<[string, string, RegExp]>([
    ['no JSON', 'ghp_x', /neither a service account key/],
    [
      'another kind of credential',
      JSON.stringify({ type: 'external_account', credential_source: { executable: { command: 'touch /tmp/x' } } }),
      /neither/,
    ],
    ['another address for the account', JSON.stringify({ ...KEY, client_email: 'x@evil.example' }), /neither/],
    [
      'a broken key',
      JSON.stringify({ ...KEY, private_key: '-----BEGIN PRIVATE KEY-----\nQUJDsecretpart\n-----END PRIVATE KEY-----' }),
      /cannot be used/,
    ],
  ])('does not exist for a token that is %s; the model reads why, without the token', async (_what, value, words) => {
    await caller.database.query({ name: 'test_drop_secrets', text: 'delete from tenant_secrets' });
    await caller.putSecret('deploy_token', value);
    const outcome = await caller.ask(tool, PARAMETERS);
    expect(outcome).toMatchObject({ isError: true, output: expect.stringMatching(words) });
    expect(JSON.stringify(outcome)).not.toContain('QUJDsecretpart');
    expect(google.requests).toEqual([]);
  });

  test('does not exist for the project that ApexFlow itself runs in', async () => {
    environment.GOOGLE_CLOUD_PROJECT = 'acme-apps';
    expect(await caller.ask(tool, PARAMETERS)).toMatchObject({
      isError: true,
      output: expect.stringContaining('itself runs in'),
    });
  });

  test.each([
    { service: 'Counter' },
    { service: '--image=x' },
    { service: 'a'.repeat(50) },
    { service: 'x', region: 'europe-west1 --x' },
    { service: 'x', project: 'ours' },
    { service: 'x', environment: { PORT: '1' } },
    { service: 'x', environment: { K_SERVICE: '1' } },
    { service: 'x', environment: { 'A,B': '1' } },
    { service: 'x', environment: { A: '1\n2' } },
  ])('rejects the arguments %j', (parameters) => expect(tool.parameters.safeParse(parameters).success).toBe(false));
});

describe('an approved deployment', () => {
  test('uploads the source, starts one build, waits, and returns the address', async () => {
    const context = await allow();
    expect(await caller.execute(tool, PARAMETERS, context)).toMatchObject({
      status: 'waiting',
      wakeAt: expect.any(Date),
    });
    expect(google.builds).toHaveLength(1);
    const waiting = { ...context, waitingSince: new Date().toISOString() };
    finish('WORKING');
    expect(await caller.execute(tool, PARAMETERS, waiting)).toMatchObject({ status: 'waiting' });
    google.services.set('counter', 'https://counter-1.run.app');
    finish('SUCCESS', { results: { images: [{ name: 'image', digest: 'sha256:1' }] } });
    expect(await caller.execute(tool, PARAMETERS, waiting)).toMatchObject({
      isError: false,
      output: 'Deployed counter. It answers at https://counter-1.run.app',
      facts: {
        service: 'counter',
        region: 'europe-west1',
        address: 'https://counter-1.run.app',
        image: 'image@sha256:1',
      },
    });
    expect(posts('/builds')).toBe(1);
    expect(google.buckets).toEqual(['acme-apps-apexflow-source']);
  });

  test('uploads the workspace without .git, with the same bytes each time', async () => {
    await caller.execute(tool, PARAMETERS, await allow());
    const [[name, bytes] = ['', Buffer.alloc(0)]] = [...google.objects].filter(([key]) => key.includes('/source/'));
    expect(name).toMatch(/^acme-apps-apexflow-source\/source\/[0-9a-f]{64}\.tar\.gz$/);
    const folder = mkdtempSync(join(tmpdir(), 'apexflow-deploy-'));
    writeFileSync(join(folder, 'x.tar.gz'), bytes);
    const listed = execFileSync('tar', ['-xzvf', 'x.tar.gz'], { cwd: folder, encoding: 'utf8' });
    expect(listed.trim().split('\n')).toEqual(['package.json', 'src/server.js']);
    expect(readFileSync(join(folder, 'src/server.js'), 'utf8')).toBe('listen');
    expect(statSync(join(folder, 'src/server.js')).mtimeMs).toBe(0);
    rmSync(folder, { recursive: true });
    await caller.execute(tool, PARAMETERS, { ...(await allow()), callKey: 'another call' });
    expect([...google.objects.keys()].filter((key) => key.includes('/source/'))).toEqual([name]);
  });

  test('requests exactly the approved build, whatever the values contain', async () => {
    await caller.execute(
      tool,
      { ...PARAMETERS, public: true },
      { approved: caller.allowed(await asked({ ...PARAMETERS, public: true })) },
    );
    const body = google.builds[0]?.body;
    const image = body?.images[0] ?? '';
    expect(image).toMatch(/^europe-west1-docker\.pkg\.dev\/acme-apps\/apexflow\/counter:[0-9a-f]{24}$/);
    expect(body?.serviceAccount).toBe(`projects/acme-apps/serviceAccounts/${ACCOUNT}`);
    expect(body?.steps.map(({ id, args }) => [id, ...args])).toEqual([
      ['build', 'build', image, '--builder=gcr.io/buildpacks/builder:latest', '--network=cloudbuild'],
      ['push', 'push', image],
      [
        'deploy',
        'run',
        'deploy',
        'counter',
        `--image=${image}`,
        '--region=europe-west1',
        '--project=acme-apps',
        '--quiet',
        '--allow-unauthenticated',
        `--labels=apexflow-run=${caller.runId}`,
        '--update-env-vars=^~~1~~^MODE=prod~~1~~GREETING=a $$HOME, b|c~~0~~d',
      ],
    ]);
  });

  test('signs in as the tenant’s account and calls no address in the key', async () => {
    await caller.execute(tool, PARAMETERS, await allow());
    const tokens = new Set(google.requests.map(({ authorization }) => authorization?.replace(/^Bearer /, '')));
    for (const token of tokens) {
      const { payload, protectedHeader } = await jwtVerify(token ?? '', PAIR.publicKey);
      expect(payload).toMatchObject({
        iss: ACCOUNT,
        sub: ACCOUNT,
        scope: 'https://www.googleapis.com/auth/cloud-platform',
      });
      expect(protectedHeader.kid).toBe('key1');
    }
    expect(tokens.size).toBeGreaterThan(0);
  });

  test('accepts an access token with its project as well', async () => {
    await caller.database.query({ name: 'test_drop_secrets', text: 'delete from tenant_secrets' });
    const token = { type: 'access_token', project_id: 'other-project', access_token: 'ya29.something-long' };
    await caller.putSecret('deploy_token', JSON.stringify(token));
    await caller.execute(tool, PARAMETERS, await allow());
    expect(google.requests.every(({ authorization }) => authorization === 'Bearer ya29.something-long')).toBe(true);
    expect(google.builds[0]?.body.serviceAccount).toBeUndefined();
    expect(google.buckets).toEqual(['other-project-apexflow-source']);
  });

  test('reports the reason and the log of a failed build', async () => {
    const context = await allow();
    await caller.execute(tool, PARAMETERS, context);
    finish('FAILURE', { statusDetail: 'step 0 \u001b[31mfailed' });
    const outcome = await caller.execute(tool, PARAMETERS, context);
    expect(outcome).toMatchObject({
      isError: true,
      output: expect.stringContaining('FAILURE: step 0 \\x1b[31mfailed'),
    });
    expect(outcome).toMatchObject({ output: expect.stringContaining('https://console.example/build-1') });
  });

  test('waits until the build ends, however long that takes', async () => {
    const context = await allow();
    const long = { ...context, waitingSince: '2026-01-01T00:00:00Z' };
    expect(await caller.execute(tool, PARAMETERS, long)).toMatchObject({ status: 'waiting' });
    expect(await caller.execute(tool, PARAMETERS, long)).toMatchObject({ status: 'waiting' });
    finish('TIMEOUT');
    expect(await caller.execute(tool, PARAMETERS, long)).toMatchObject({ isError: true });
  });

  test('gives up when Google has not answered for hours after the approval, and not before', async () => {
    const context = await allow();
    google.instead = () => 'cut';
    const yes = (hours: number) => ({
      ...context,
      waitingSince: '2026-01-01T00:00:00Z',
      approved: { ...context.approved, at: new Date(Date.now() - hours * 3_600_000).toISOString() },
    });
    expect(await caller.execute(tool, PARAMETERS, yes(1))).toMatchObject({ status: 'waiting' });
    expect(await caller.execute(tool, PARAMETERS, yes(4))).toMatchObject({
      isError: true,
      output: expect.stringContaining('did not answer'),
    });
  });

  test('is rejected when the files have changed, and without approval', async () => {
    const context = await allow();
    await caller.write({ 'src/server.js': 'backdoor' });
    expect(await caller.execute(tool, PARAMETERS, context)).toMatchObject({
      isError: true,
      output: expect.stringContaining('changed'),
    });
    expect(await caller.execute(tool, PARAMETERS)).toMatchObject({
      isError: true,
      output: expect.stringContaining('Nobody'),
    });
    expect(google.builds).toEqual([]);
  });
});

describe('a deployment that was interrupted', () => {
  test.each<[string, RegExp]>([
    ['before its first request', /GET .*\/o\/calls/],
    ['while it created the bucket', /POST \/storage\/storage\/v1\/b$/],
    ['while it uploaded the source', /POST \/storage\/upload/],
    ['while it created the image repository', /POST \/artifactregistry/],
    ['while it started the build', /POST \/cloudbuild/],
  ])('%s: the repetition starts one build in total, whether the request was done or not', async (_what, pattern) => {
    const context = await allow();
    for (const cut of ['cut', 'cut after'] as const) {
      let times = 1;
      google.instead = (line) => (pattern.test(line) && times-- > 0 ? cut : undefined);
      expect(await caller.execute(tool, PARAMETERS, context)).toMatchObject({ status: 'waiting' });
    }
    google.instead = undefined;
    expect(await caller.execute(tool, PARAMETERS, context)).toMatchObject({ status: 'waiting' });
    expect(google.builds).toHaveLength(1);
  });

  test('between the start of the build and its note: the build is found by its tag, although the files have changed', async () => {
    const context = await allow();
    google.instead = (line) => (google.builds.length > 0 && line.includes('/upload/') ? 'cut' : undefined);
    await caller.execute(tool, PARAMETERS, context);
    google.instead = undefined;
    await caller.write({ 'src/server.js': 'changed since' });
    expect(await caller.execute(tool, PARAMETERS, context)).toMatchObject({ status: 'waiting' });
    expect(google.builds).toHaveLength(1);
    expect([...google.objects.keys()].filter((key) => key.includes('/calls/'))).toHaveLength(1);
  });

  test('is found by its note while the list of builds is unavailable', async () => {
    const context = await allow();
    await caller.execute(tool, PARAMETERS, context);
    google.instead = (line) => (/GET .*\/builds$/.test(line) ? 500 : undefined);
    finish('FAILURE');
    expect(await caller.execute(tool, PARAMETERS, context)).toMatchObject({
      isError: true,
      output: expect.stringContaining('FAILURE'),
    });
  });

  test('ignores a note that names the build of another call', async () => {
    const context = await allow();
    await caller.execute(tool, PARAMETERS, { ...context, callKey: 'an earlier call' });
    finish('SUCCESS');
    google.services.set('counter', 'https://counter-1.run.app');
    await caller.execute(tool, PARAMETERS, context);
    const [note] = [...google.objects.keys()].filter((key) => key.includes('/calls/')).slice(-1);
    google.objects.set(note ?? '', Buffer.from(JSON.stringify({ build: 'build-1', region: 'europe-west1' })));
    expect(await caller.execute(tool, PARAMETERS, context)).toMatchObject({ status: 'waiting' });
    expect(google.builds).toHaveLength(2);
  });
});

describe('an error of Google', () => {
  test.each<[string, RegExp, number]>([
    ['during the sign-in', /./, 401],
    ['while reading the service', /GET \/run/, 403],
  ])('%s prevents the approval request', async (_what, pattern, status) => {
    google.instead = (line) => (pattern.test(line) ? status : undefined);
    expect(await caller.ask(tool, PARAMETERS)).toMatchObject({
      isError: true,
      output: expect.stringContaining('deploy_token is wrong'),
    });
  });

  test.each<[string, RegExp, number]>([
    ['for a bucket of another owner', /POST \/storage\/storage\/v1\/b$/, 409],
    ['during the upload', /POST \/storage\/upload/, 403],
    ['for the image repository', /POST \/artifactregistry/, 403],
    ['for the build', /POST \/cloudbuild/, 400],
  ])('%s is reported to the model, and no build runs', async (_what, pattern, status) => {
    const context = await allow();
    google.instead = (line) => (pattern.test(line) ? status : undefined);
    expect(await caller.execute(tool, PARAMETERS, context)).toMatchObject({
      isError: true,
      output: expect.stringContaining(`scripted ${status}`),
    });
    expect(google.builds).toEqual([]);
  });
});
