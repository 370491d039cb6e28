import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRepository } from '../../../functions/runs/tools/create-repository.ts';
import { pushRepository } from '../../../functions/runs/tools/push-repository.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { type ScriptedGitHub, scriptGitHub } from '../../support/scripted-github.ts';
import { useGitServer } from '../../tools/git/push-support.ts';
import { createOutsideCaller, type OutsideCaller } from './repository-caller.ts';

let server: GitServer;
let github: ScriptedGitHub;
let caller: OutsideCaller;
let name = '';
let count = 0;
beforeAll(async () => {
  server = await startGitServer();
  useGitServer(server);
});
afterAll(() => server.close());
beforeEach(async () => {
  github = scriptGitHub(server);
  count += 1;
  name = `app${count}`;
  caller = await createOutsideCaller();
  await caller.putSecret('github_token', server.token);
});

const created = () => github.requests.filter((request) => request.startsWith('POST')).length;

describe('create_repository', () => {
  test('creates a private repository and registers it; the run can push to it', async () => {
    const outcome = await caller.execute(createRepository, { name, description: 'A counter' });
    expect(outcome).toMatchObject({ isError: false, facts: { repository: `octo-person/${name}` } });
    expect(github.repositories.get(`octo-person/${name}`)).toEqual({
      private: true,
      description: expect.stringMatching(/^A counter \[ApexFlow [0-9a-f]{16}\]$/),
    });
    expect(await caller.repository()).toBe(`octo-person/${name}`);
    await caller.write({ 'a.txt': 'a' });
    const request = await caller.ask(pushRepository, { message: 'First', branch: 'main' });
    if (request.status !== 'approval') throw new Error(request.output);
    expect(request.details).toContain('the first of an empty repository');
    await caller.execute(pushRepository, { message: 'First', branch: 'main' }, { approved: caller.allowed(request) });
    expect(server.read(`octo-person/${name}`, 'main', 'a.txt')).toBe('a');
  });

  test('creates the repository in an organization', async () => {
    await caller.execute(createRepository, { name, organization: 'acme-inc' });
    expect(github.requests).toEqual(['POST /orgs/acme-inc/repos']);
    expect(await caller.repository()).toBe(`acme-inc/${name}`);
  });

  test('creates only one repository per run', async () => {
    await caller.execute(createRepository, { name });
    const outcome = await caller.execute(createRepository, { name: `${name}b` }, { callKey: 'another call' });
    expect(outcome).toMatchObject({ isError: true, output: expect.stringContaining('already') });
    expect(created()).toBe(1);
  });

  test('reports a name that is taken, and registers nothing', async () => {
    github.repositories.set(`octo-person/${name}`, { private: true, description: 'theirs' });
    const outcome = await caller.execute(createRepository, { name });
    expect(outcome).toMatchObject({ isError: true, output: expect.stringContaining('Choose another name') });
    expect(await caller.repository()).toBeNull();
  });

  test('finds its repository by its mark when the answer was lost', async () => {
    github.cut = 'after';
    expect(await caller.execute(createRepository, { name })).toMatchObject({ isError: false });
    expect(await caller.repository()).toBe(`octo-person/${name}`);
    expect(created()).toBe(1);
  });

  test('reports an unknown outcome when GitHub gave no answer and has no repository', async () => {
    github.cut = 'before';
    expect(await caller.execute(createRepository, { name })).toMatchObject({
      isError: true,
      output: expect.stringContaining('unknown'),
    });
    expect(await caller.repository()).toBeNull();
  });

  test.each<[number, object, RegExp]>([
    [401, { message: 'Bad credentials' }, /github_token/],
    [403, { message: 'Resource not accessible' }, /lacks the right/],
    [404, { message: 'Not Found' }, /does not exist/],
    [422, { message: 'Validation Failed', errors: [{ message: 'name is \u001b[31m too odd' }] }, /too odd/],
    [500, { message: 'oops' }, /unknown/],
  ])('reports an answer %i of GitHub to the model', async (status, body, words) => {
    github.refuse = { status, body };
    const outcome = await caller.execute(createRepository, { name, organization: 'acme-inc' });
    expect(outcome).toMatchObject({ isError: true, output: expect.stringMatching(words) });
    expect(JSON.stringify(outcome)).not.toContain('\\u001b');
    expect(await caller.repository()).toBeNull();
  });

  test('does not follow a redirect, so the token is sent nowhere else', async () => {
    const elsewhere = await startGitServer();
    github.instead = (request, response) => {
      response.writeHead(307, { location: `https://${elsewhere.host}${request.url}` }).end();
    };
    expect(await caller.execute(createRepository, { name })).toMatchObject({ isError: true });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  test('rejects an endless answer and an invalid user name', async () => {
    github.instead = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    expect(await caller.execute(createRepository, { name })).toMatchObject({ isError: true });
    github.instead = undefined;
    github.login = '../../evil';
    expect(await caller.execute(createRepository, { name })).toMatchObject({ isError: true });
    expect(created()).toBe(0);
  });

  test('reports a missing token', async () => {
    const poor = await createOutsideCaller();
    expect(await poor.execute(createRepository, { name })).toMatchObject({
      isError: true,
      output: expect.stringContaining('github_token'),
    });
    expect(github.requests).toEqual([]);
  });

  test.each(['', '-x', '../x', 'a b', 'a/b', 'x.git', 'ä', '.'])('rejects the name %j', (wrong) => {
    expect(createRepository.parameters.safeParse({ name: wrong }).success).toBe(false);
  });
});

describe('a creation that was interrupted by a crash', () => {
  test('is found and registered when it was done', async () => {
    await createRepository.execute({ name, description: '' }, caller.context);
    expect(await caller.repository()).toBeNull();
    expect(await caller.recover(createRepository, { name })).toMatchObject({ isError: false });
    expect(await caller.repository()).toBe(`octo-person/${name}`);
    expect(created()).toBe(1);
  });

  test('is done when it was not', async () => {
    expect(await caller.recover(createRepository, { name })).toMatchObject({ isError: false });
    expect(created()).toBe(1);
    expect(await caller.repository()).toBe(`octo-person/${name}`);
  });

  test('is not confused with a repository that another call created', async () => {
    const other = await createOutsideCaller();
    await other.putSecret('github_token', server.token);
    await other.execute(createRepository, { name });
    expect(await caller.recover(createRepository, { name })).toMatchObject({ isError: true });
    expect(await caller.repository()).toBeNull();
  });
});
