import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openGitHubCredential, sealGitHubCredential } from '../../../functions/identity/github-credential.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { SecretText } from '../../../functions/platform/secrets/secret-text.ts';
import { verifyUserToken } from '../../../functions/platform/sign-in/authenticate.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { type ScriptedGitHub, scriptGitHub } from '../../support/scripted-github.ts';
import { sendJson } from '../../support/scripted-server.ts';
import { serveIdentity } from '../serve.ts';

const served = await serveIdentity();
const LOGIN = 'POST /api/v1/auth/github';
const PROFILE = 'GET /api/v1/user/profile';
let git: GitServer;
let github: ScriptedGitHub;
beforeAll(async () => {
  git = await startGitServer();
  environment.GIT_HOSTS = [git.host, 'other.example'];
  environment.GIT_CA_FILE = git.caFile;
});
beforeEach(() => {
  github = scriptGitHub(git);
});
afterAll(async () => {
  await served.close();
  await git.close();
});

const login = (github_token: string = git.token) => served.call(LOGIN, { body: { github_token } });
const profileOf = async (token: string) => (await served.call(PROFILE, { token })).body;

test('200: the answer is an access token, and the account is that of the id at GitHub', async () => {
  const first = await login();
  expect(first).toMatchObject({ status: 200, body: { token_type: 'bearer', expires_in: 3600 } });
  expect(Object.keys(first.body).sort()).toEqual(['access_token', 'expires_in', 'token_type']);
  expect(github.requests).toEqual(['GET /user']);
  const profile = await profileOf(first.body.access_token);
  expect(profile).toMatchObject({
    display_name: 'Octo Person',
    email: '583231+octo-person@users.noreply.localhost',
    role: 'admin',
  });
  // A renamed user is the same user; another id with the old name is another user.
  github.login = 'octo-renamed';
  expect((await profileOf((await login()).body.access_token)).id).toBe(profile.id);
  Object.assign(github, { login: 'octo-person', user: { id: 7, name: null, email: null } });
  const other = await profileOf((await login()).body.access_token);
  expect(other.id).not.toBe(profile.id);
  expect(other.display_name).toBe('octo-person');
});

test('200: an account with the same e-mail address is another account, also one that is created later', async () => {
  const person = await served.register();
  github.user = { id: 900, name: 'Eve', email: person.email };
  const { access_token: token } = (await login()).body;
  expect((await profileOf(token)).id).not.toBe(person.user.id);
  const body = { email: person.email, password: person.password };
  expect((await served.call('POST /api/v1/auth/login', { body })).body.user.id).toBe(person.user.id);
  const noreply = '900+octo-person@users.noreply.localhost';
  const squatter = await served.register({ email: noreply });
  expect((await profileOf((await login()).body.access_token)).id).not.toBe(squatter.user.id);
});

test('the token is not stored, and the access token carries it encrypted, for its account, host and hour', async () => {
  const { access_token: token } = (await login()).body;
  const [dump] = await served.asOwner(
    `select string_agg(to_jsonb(u)::text, '') || coalesce((select string_agg(to_jsonb(a)::text, '') from audit_log a), '')
      || coalesce((select string_agg(to_jsonb(l)::text, '') from local_accounts l), '') as rows from users u`,
  );
  expect(JSON.stringify(dump)).toContain('583231');
  expect(JSON.stringify(dump)).not.toContain(git.token);
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  expect(claims).toContain('github_credential');
  for (const text of [claims, token]) {
    expect(text).not.toContain(git.token);
    expect(text).not.toContain(Buffer.from(git.token).toString('base64url'));
  }
  const verified = await verifyUserToken(token);
  if (verified.kind !== 'valid' || verified.value.kind !== 'token') throw new Error('The token is not accepted');
  const identity = verified.value;
  expect(openGitHubCredential(identity, git.host)?.reveal()).toBe(git.token);
  expect(openGitHubCredential(identity, 'other.example')).toBeUndefined();
  expect(openGitHubCredential(identity, git.host, Date.now() + 3600 * 1000 + 1)).toBeUndefined();
  const stolen = sealGitHubCredential({ subject: 'github:x:1', host: git.host, token: new SecretText('of another') });
  expect(() => openGitHubCredential({ ...identity, githubCredential: stolen }, git.host)).toThrow();
});

test('422: rejects a token in the address, and says why', async () => {
  for (const body of [undefined, { github_token: git.token }]) {
    const answer = await served.call(`${LOGIN}?github_token=${git.token}`, { body });
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toContain('query.github_token: send it in the JSON body');
    expect(JSON.stringify(answer.body)).not.toContain(git.token);
  }
  expect((await served.call(`${LOGIN}?x=1`, { body: { github_token: git.token } })).status).toBe(422);
  expect(github.requests).toEqual([]);
});

test('401: a token that GitHub rejects, and a token without a user', async () => {
  expect((await login('ghp_NotATokenOfAnybody')).status).toBe(401);
  github.instead = (_, response) => sendJson(response, 403, { message: 'Resource not accessible by integration' });
  expect((await login()).status).toBe(401);
});

test('401: a user who signed out signs in again; a disabled user does not', async () => {
  const { access_token: token } = (await login()).body;
  expect((await served.call('POST /api/v1/auth/logout', { token })).status).toBe(204);
  expect((await served.call(PROFILE, { token })).status).toBe(401);
  const again = (await login()).body.access_token;
  await served.asOwner('update users set disabled_at = now() where id = $1', [(await profileOf(again)).id]);
  expect((await login()).status).toBe(401);
});

test.each<[string, (state: ScriptedGitHub) => void]>([
  ['does not answer', (state) => (state.instead = (request) => request.socket.destroy())],
  ['is broken', (state) => (state.instead = (_, response) => sendJson(response, 502, { message: 'Bad gateway' }))],
  [
    'limits the rate',
    (state) => (state.instead = (_, response) => sendJson(response, 403, { message: 'API rate limit exceeded' })),
  ],
  ['answers nonsense', (state) => (state.instead = (_, response) => sendJson(response, 200, { id: 'seven' }))],
])('503 with Retry-After when GitHub %s', async (_what, fail) => {
  fail(github);
  const log = vi.spyOn(console, 'log');
  const answer = await login();
  expect(answer).toMatchObject({ status: 503, body: { type: 'urn:apexflow:problem:not-ready' } });
  expect(answer.headers.get('retry-after')).toBe('30');
  expect(JSON.stringify([answer.body, log.mock.calls])).not.toContain(git.token);
});

test('422: rejects a body without a token, with an empty one and with two lines', async () => {
  for (const github_token of [undefined, '', 'ghp_x\nhost=evil.example'])
    expect((await served.call(LOGIN, { body: { github_token } })).status).toBe(422);
});
