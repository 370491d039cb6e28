import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getRepoStatus } from '../../../functions/entities/endpoints/get-repo-status.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { setupRepo } from '../../../functions/entities/endpoints/setup-repo.ts';
import { startSync } from '../../../functions/entities/endpoints/start-sync.ts';
import { updateLinkEnded } from '../../../functions/entities/sql/memory-link.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { syncRepo } from '../../../functions/entities/steps/sync-repo.ts';
import { syncLink } from '../../../functions/entities/sync/sync-link.ts';
import { syncRepos } from '../../../functions/entities/timers/sync-repos.ts';
import { putSecret } from '../../../functions/identity/endpoints/put-secret.ts';
import { eraseMemory } from '../../../functions/memory/endpoints/erase-memory.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { watchLog } from '../../../functions/platform/log.ts';
import {
  KeyServiceUnavailable,
  openKeyEncryption,
  useKeyEncryption,
} from '../../../functions/platform/secrets/key-encryption.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { expectLoggedError } from '../../support/setup-log.ts';
import { asOwner, createPerson, forever, type Person, scopeOf } from '../people.ts';
import { useGitServer } from './synced-memory.ts';

let database: Database;
let server: TestServer;
let git: GitServer;
beforeAll(async () => {
  database = await openDatabase();
  git = await startGitServer();
  useGitServer(git);
  server = await startServer([
    eraseMemory,
    getRepoStatus,
    receiveAndCommit,
    putSecret,
    setupRepo,
    startSync,
    proposeChanges,
    syncRepo,
    syncRepos,
  ]);
}, 60_000);
afterAll(async () => {
  await server.close();
  await git.close();
});

let who: Person;
let repository: string;
let count = 0;
beforeEach(async () => {
  who = await createPerson(database);
  count += 1;
  repository = `leo/memory${count}`;
});
afterEach(() => {
  git.before = undefined;
  useGitServer(git);
  useKeyEncryption(undefined);
});

const call = (person: Person | undefined, method: string, path: string, body?: unknown, headers = {}) =>
  server.call(method, `/api/v1${path}`, {
    ...(person === undefined ? {} : { token: person.token }),
    ...(body === undefined ? {} : { body }),
    headers,
  });
const setup = (body: object, person = who) => call(person, 'POST', '/repos/setup', body);
const status = async (person = who) => (await call(person, 'GET', `/repos/status/${person.userId}`)).body;
const problem = (kind: string, code: number) => ({
  status: code,
  body: { type: `urn:apexflow:problem:${kind}`, status: code },
});
const rows = (text: string, values: unknown[] = []) =>
  asOwner(database, (transaction) => transaction.query({ name: `test_${hash('md5', text)}`, text, values }));
const linkRow = async () => (await rows('select * from memory_links where user_id = $1', [who.userId]))[0];
/** The status once a sync that the queue was rung for has ended. */
async function synced(outcome = 'synced') {
  for (;;) {
    const now = await status();
    if (now.last_sync?.outcome === outcome) return now;
    await sleep(30);
  }
}

describe('setup-repo', () => {
  test('201 with a link and its token: it is synced at once; 200 again, with nothing changed', async () => {
    git.create(repository, { 'README.md': 'Mine.\n' });
    const first = await setup({ repo_url: repository, github_token: git.token });
    expect(first).toMatchObject({
      status: 201,
      body: {
        repo_url: `https://${git.host}/${repository}`,
        link: { status: 'linked', branch: 'main', has_token: true, next_sync_at: expect.any(String) },
      },
    });
    expect(await synced()).toMatchObject({ last_sync: { pulled: { commits: 1 } }, link: { is_syncing: false } });
    const { id } = (await linkRow()) ?? {};
    const again = await setup({ repo_url: `https://${git.host}/${repository}.git` });
    expect(again).toMatchObject({ status: 200, body: { link: { has_token: true }, ontology: 'personal' } });
    expect((await linkRow())?.id).toBe(id);
    // Another token is another link to the same place.
    await setup({ repo_url: repository, github_token: 'ghp_AnotherTokenOfTheSame' });
    expect((await linkRow())?.id).not.toBe(id);
    expect((await linkRow())?.remote_commit).toBe(git.tip(repository));
  });

  test('a link to another place never takes the token of the first one along', async () => {
    git.create(repository);
    await setup({ repo_url: repository, github_token: git.token });
    await synced();
    const moved = await setup({ repo_url: repository, branch: 'other' });
    expect(moved.body).toMatchObject({
      link: { branch: 'other', has_token: false, next_sync_at: null },
      last_sync: null,
    });
    expect(await linkRow()).toMatchObject({ ciphertext: null, wrapped_key: null, remote_commit: null });
  });

  test('null ends the link: the row goes with its token; what is not given stays as it is', async () => {
    git.create(repository);
    await setup({ ontology: 'corporate', repo_url: repository, github_token: git.token });
    await synced();
    expect((await setup({})).body).toMatchObject({ ontology: 'corporate', link: { status: 'linked' } });
    const ended = await setup({ repo_url: null });
    expect(ended).toMatchObject({ status: 200, body: { repo_url: null, link: { status: 'none' }, last_sync: null } });
    expect(await linkRow()).toBeUndefined();
    expect((await setup({ repo_url: null })).status).toBe(200);
    const actions = await rows(
      `select action, data from audit_log where user_id = $1 and action like 'memory-%link%' order by id`,
      [who.userId],
    );
    expect(actions).toEqual([
      { action: 'memory-link-repo', data: { host: git.host } },
      { action: 'memory-unlink-repo', data: {} },
    ]);
  });

  test.each([
    ['https://evil.example/leo/memory'],
    ['https://127.0.0.1/leo/memory'],
    ['https://169.254.169.254/leo/memory'],
    ['https://[::1]/leo/memory'],
    ['http://localhost/leo/memory'],
    ['file:///etc'],
    ['ext::sh -c touch% /tmp/x'],
    ['--upload-pack=touch /tmp/x'],
    ['git@localhost:leo/memory'],
    ['https://user:pass@localhost/leo/memory'],
    ['leo'],
    [''],
  ])('422 for %j, and nothing is made', async (url) => {
    expect(await setup({ repo_url: url, github_token: git.token })).toMatchObject(problem('invalid-request', 422));
    expect((await call(who, 'GET', `/repos/status/${who.userId}`)).status).toBe(404);
  });

  test.each([
    [{ github_token: 'ghp_Something' }],
    [{ branch: 'main' }],
    [{ repo_url: null, github_token: 'ghp_Something' }],
    [{ repo_url: 'leo/memory', branch: '--force' }],
    [{ repo_url: 'leo/memory', branch: 'a..b' }],
    [{ repo_url: 'leo/memory', github_token: 'short' }],
    [{ repo_url: 'leo/memory', github_token: 'ghp_two\npassword=lines' }],
    [{ repo_url: 'leo/memory', github_token: 'ghp_with a blank' }],
    [{ repo_url: 'leo/memory', github_token: `ghp_${'x'.repeat(600)}` }],
    [{ repo_url: 7 }],
    [{ repo_url: 'leo/memory', remote: 'x' }],
  ])('422 for %j, and the answer does not say the token', async (body) => {
    const answer = await setup(body);
    expect(answer).toMatchObject(problem('invalid-request', 422));
    expect(JSON.stringify(answer.body)).not.toContain('ghp_');
  });

  test('502 while the key service does not answer: nothing is stored, the earlier link stays', async () => {
    git.create(repository);
    await setup({ repo_url: repository, github_token: git.token });
    await synced();
    const before = await linkRow();
    useKeyEncryption({
      keyName: 'away',
      wrap: () => Promise.reject(new KeyServiceUnavailable('It is away')),
      unwrap: () => Promise.reject(new KeyServiceUnavailable('It is away')),
    });
    const answer = await setup({ repo_url: 'leo/other', github_token: git.token });
    expect(answer).toMatchObject(problem('upstream-failed', 502));
    expect(await linkRow()).toEqual(before);
  });

  test('401 without a token, 403 for a viewer', async () => {
    const viewer = await createPerson(database, 'viewer', who.tenantId);
    for (const path of ['/repos/setup', '/repos/sync']) {
      expect((await call(undefined, 'POST', path, {})).status).toBe(401);
      expect((await call(viewer, 'POST', path, {})).status).toBe(403);
    }
  });
});

describe('start-sync', () => {
  test('200 with a token that is used once and stored nowhere', async () => {
    git.create(repository, { 'README.md': 'Mine.\n' });
    await setup({ repo_url: repository });
    const answer = await call(who, 'POST', '/repos/sync', { github_token: git.token });
    expect(answer).toMatchObject({
      status: 200,
      body: { last_sync: { outcome: 'synced' }, link: { has_token: false } },
    });
    expect(await linkRow()).toMatchObject({ ciphertext: null, wrapped_key: null, lease_until: null });
  });

  test('202 with the link’s own token, 200 when it is waited for', async () => {
    git.create(repository);
    await setup({ repo_url: repository, github_token: git.token });
    await synced();
    const { fence } = (await linkRow()) ?? {};
    expect((await call(who, 'POST', '/repos/sync', {})).status).toBe(202);
    while ((await linkRow())?.fence === fence || (await linkRow())?.lease_until !== null) await sleep(20);
    const found = git.commit(repository, 'main', { 'README.md': 'Hello.\n' });
    const answer = await call(who, 'POST', '/repos/sync?wait=30', {});
    expect(answer).toMatchObject({ status: 200, body: { last_sync: { outcome: 'synced' } } });
    expect(answer.body).toMatchObject({ head_commit: found, last_sync: { pulled: { commits: 1 } } });
  });

  test('404 where nothing is linked; 409 without any token; 409 while another sync goes on; 422', async () => {
    expect(await call(who, 'POST', '/repos/sync', {})).toMatchObject(problem('not-found', 404));
    git.create(repository);
    await setup({ repo_url: repository });
    expect(await call(who, 'POST', '/repos/sync', {})).toMatchObject(problem('conflict', 409));
    await rows(`update memory_links set lease_until = now() + interval '1 minute' where user_id = $1`, [who.userId]);
    expect(await call(who, 'POST', '/repos/sync', { github_token: git.token })).toMatchObject(problem('conflict', 409));
    expect(await call(who, 'POST', '/repos/sync', { github_token: 'x' })).toMatchObject(
      problem('invalid-request', 422),
    );
    expect(await call(who, 'POST', '/repos/sync?wait=1000', {})).toMatchObject(problem('invalid-request', 422));
  });

  test('the tenant’s own github_token is not used for a member’s link', async () => {
    git.create(repository);
    const put = await call(who, 'PUT', '/tenant/secrets/github_token', { value: git.token });
    expect(put.status).toBe(200);
    await setup({ repo_url: repository });
    expect((await call(who, 'POST', '/repos/sync', {})).status).toBe(409);
    const payload = { tenant_id: who.tenantId, user_id: who.userId };
    expect((await server.invoke('entities-sync-repo', payload)).status).toBe(200);
    expect(git.requests.some(({ line }) => line.includes(repository))).toBe(false);
    expect((await status()).last_sync).toBeNull();
    expect(
      await rows(`select action from audit_log where tenant_id = $1 and action = 'identity-use-secret'`, [
        who.tenantId,
      ]),
    ).toEqual([]);
  });

  test('of two tenants: neither sees nor syncs the other’s link', async () => {
    git.create(repository);
    await setup({ repo_url: repository, github_token: git.token });
    await synced();
    const before = await linkRow();
    for (const other of [await createPerson(database, 'admin', who.tenantId), await createPerson(database)]) {
      expect((await call(other, 'GET', `/repos/status/${who.userId}`)).status).toBe(404);
      expect((await call(other, 'POST', '/repos/sync', { github_token: git.token })).status).toBe(404);
      expect((await setup({ repo_url: null }, other)).status).toBe(201);
      expect(
        await database.as(scopeOf(other)).query({ name: 'test_links', text: 'select id from memory_links' }),
      ).toEqual([]);
    }
    expect(await linkRow()).toEqual(before);
  });
});

describe('a token', () => {
  test('that is wrong: the sync says so, without it, and comes again later and later', async () => {
    git.create(repository);
    await setup({ repo_url: repository, github_token: 'ghp_WrongWrongWrong' });
    const first = await synced('failed');
    expect(first.last_sync).toEqual({
      outcome: 'failed',
      pulled: null,
      pushed_commit: null,
      kind: 'unauthorized',
      error: expect.stringContaining('token'),
    });
    expect(JSON.stringify(first)).not.toContain('ghp_');
    const waits = [];
    for (let failures = 1; failures <= 3; failures += 1) {
      const [row] = await rows(
        `update memory_links set next_sync_at = now() - interval '1 second' where user_id = $1
         returning failures, round(extract(epoch from (select next_sync_at from memory_links where user_id = $1) - last_sync_at) / 60)::int as minutes`,
        [who.userId],
      );
      waits.push([row?.failures, row?.minutes]);
      const fence = Number((await linkRow())?.fence);
      expect((await server.invoke('entities-sync-repos')).body).toMatchObject({ due_links: 1, failed: 0 });
      while (Number((await linkRow())?.fence) === fence || (await linkRow())?.lease_until !== null) await sleep(20);
    }
    expect(waits).toEqual([
      [1, 10],
      [2, 20],
      [3, 40],
    ]);
    // The right one ends it.
    await setup({ repo_url: repository, github_token: git.token });
    await synced();
    expect((await linkRow())?.failures).toBe(0);
  });

  test('is in no row, no log, no answer, no argument, variable or file while it is used', async () => {
    git.create(repository, { 'README.md': 'Mine.\n' });
    const lines: string[] = [];
    const stop = watchLog((line) => lines.push(JSON.stringify(line)));
    const seen: string[] = [];
    let looked = 0;
    git.before = () => {
      looked += 1;
      for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid)))
        for (const part of ['cmdline', 'environ'])
          if (readOrNothing(`/proc/${pid}/${part}`).includes(git.token)) seen.push(`${pid} ${part}`);
      for (const folder of readdirSync(tmpdir()).filter((name) => name.startsWith(`apexflow-work-${process.pid}-`)))
        for (const file of readdirSync(join(tmpdir(), folder), { recursive: true, encoding: 'utf8' }))
          if (readOrNothing(join(tmpdir(), folder, file)).includes(git.token)) seen.push(file);
      return false;
    };
    const answers = [
      await call(
        who,
        'POST',
        '/repos/setup',
        { repo_url: repository, github_token: git.token },
        { 'idempotency-key': 'once' },
      ),
      await synced(),
      await call(who, 'POST', '/repos/sync?wait=30', {}),
      await call(who, 'POST', '/repos/sync', { github_token: git.token }, { 'idempotency-key': 'twice' }),
    ];
    // A remote that says back what it was sent.
    git.before = ({ headers }, response) => {
      response.writeHead(headers.authorization === undefined ? 401 : 403, {
        'content-type': 'text/plain',
        'www-authenticate': 'Basic realm="git"',
      });
      response.end(`You sent ${headers.authorization} and ${git.token}\n`);
      return true;
    };
    answers.push(await call(who, 'POST', '/repos/sync', { github_token: git.token }));
    git.before = undefined;
    stop();
    expect(answers.at(-1)).toMatchObject({
      status: 200,
      body: { last_sync: { outcome: 'failed', kind: 'unauthorized' } },
    });
    expect(looked).toBeGreaterThan(5);
    expect(seen).toEqual([]);
    const basic = Buffer.from(`x-access-token:${git.token}`).toString('base64');
    const dump = JSON.stringify([
      answers.map((answer) => ('body' in answer ? answer.body : answer)),
      lines,
      await dumpAll(),
    ]);
    expect(dump).toContain(repository);
    for (const form of [git.token, Buffer.from(git.token).toString('base64').replace(/=+$/, ''), basic])
      expect(dump.includes(form)).toBe(false);
    expect(await rows(`select key from idempotency_keys where user_id = $1`, [who.userId])).toEqual([]);
  });

  test('opens in its own row and for its own address only', async () => {
    git.create(repository);
    await setup({ repo_url: repository, github_token: git.token });
    await synced();
    const before = git.requests.length;
    const owner = { tenantId: who.tenantId, userId: who.userId };
    await rows(`update memory_links set repo_url = 'https://${git.host}/leo/elsewhere' where user_id = $1`, [
      who.userId,
    ]);
    expectLoggedError(/a memory could not be synced Error: Unsupported state/);
    expect(await syncLink({ database, owner, signal: forever })).toBe('done');
    expect((await status()).last_sync).toMatchObject({ outcome: 'failed', kind: 'internal' });
    const thief = await createPerson(database);
    await setup({ repo_url: repository }, thief);
    await rows(
      `update memory_links t set id = t.id, ciphertext = o.ciphertext, wrapped_key = o.wrapped_key, key_name = o.key_name from memory_links o
       where t.user_id = $1 and o.user_id = $2`,
      [thief.userId, who.userId],
    );
    const thiefs = { tenantId: thief.tenantId, userId: thief.userId };
    expect(await syncLink({ database, owner: thiefs, signal: forever })).toBe('done');
    expect((await status(thief)).last_sync).toMatchObject({ outcome: 'failed', kind: 'internal' });
    expect(git.requests.length).toBe(before);
    await rows('delete from memory_links where user_id = any ($1)', [[who.userId, thief.userId]]);
  });

  test('that cannot be decrypted now is not used, and the sync comes again', async () => {
    git.create(repository);
    await setup({ repo_url: repository, github_token: git.token });
    await synced();
    const { keyName } = await openKeyEncryption();
    useKeyEncryption({
      keyName,
      wrap: () => Promise.reject(new KeyServiceUnavailable('It is away')),
      unwrap: () => Promise.reject(new KeyServiceUnavailable('It is away')),
    });
    const owner = { tenantId: who.tenantId, userId: who.userId };
    expect(await syncLink({ database, owner, signal: forever })).toBe('done');
    expect((await status()).last_sync).toMatchObject({ outcome: 'failed', kind: 'key-service' });
  });
});

describe('the timer', () => {
  test('rings what is due, once, of those who may be synced; one bad row does not stop it', async () => {
    const people = await Promise.all(
      ['good', 'bad', 'disabled', 'shut', 'later', 'tokenless'].map(() => createPerson(database)),
    );
    const [good, bad, disabled, shut, later, tokenless] = people;
    if (!good || !bad || !disabled || !shut || !later || !tokenless) throw new Error('There are six people');
    git.create(repository);
    for (const person of people)
      await setup({ repo_url: repository, ...(person === tokenless ? {} : { github_token: git.token }) }, person);
    for (const person of people.filter((other) => other !== tokenless))
      while ((await status(person)).last_sync === null) await sleep(20);
    await rows(`update memory_links set next_sync_at = now() - interval '1 minute' where user_id = any ($1)`, [
      people.filter((person) => person !== later).map(({ userId }) => userId),
    ]);
    await rows('update users set disabled_at = now() where id = $1', [disabled.userId]);
    await rows('update tenants set disabled_at = now() where id = $1', [shut.tenantId]);
    await rows(`create function test_refuse() returns trigger language plpgsql as $$
      begin if new.user_id = '${bad.userId}' then raise exception 'a bad row'; end if; return new; end $$`);
    await rows('create trigger test_refuse before update on memory_links for each row execute function test_refuse()');
    const fences = async () =>
      new Map(
        (await rows('select user_id, fence from memory_links')).map((row) => [String(row.user_id), Number(row.fence)]),
      );
    const before = await fences();
    const [one, other] = await Promise.all([
      server.invoke('entities-sync-repos'),
      server.invoke('entities-sync-repos'),
    ]);
    await rows('drop trigger test_refuse on memory_links');
    await rows('drop function test_refuse()');
    // Both ticks together rang the good one once, though the bad one stood in their way.
    expect([one, other].map(({ body }) => body.failed)).toEqual([1, 1]);
    expect(one?.body.due_links + other?.body.due_links).toBe(1);
    const moved = async () => {
      const now = await fences();
      return people.map(({ userId }) => (now.get(userId) ?? 0) - (before.get(userId) ?? 0));
    };
    while ((await moved())[0] === 0) await sleep(20);
    expect((await moved()).slice(1)).toEqual([0, 0, 0, 0, 0]);
  });

  test('its step may be rung any number of times, beside itself and for nobody', async () => {
    git.create(repository, { 'README.md': 'Mine.\n' });
    await setup({ repo_url: repository, github_token: git.token });
    await synced();
    const payload = { tenant_id: who.tenantId, user_id: who.userId };
    git.commit(repository, 'main', { 'a.txt': 'a\n' });
    const answers = await Promise.all([1, 2, 3].map(() => server.invoke('entities-sync-repo', payload)));
    expect(answers.map(({ status: code }) => code)).toEqual([200, 200, 200]);
    expect((await server.invoke('entities-sync-repo', payload)).status).toBe(200);
    while ((await linkRow())?.lease_until !== null) await sleep(20);
    const [commits] = await rows('select count(*)::int as count from memory_commits where user_id = $1', [who.userId]);
    expect(commits).toEqual({ count: 2 });
    expect((await status()).head_commit).toBe(git.tip(repository));
    expect((await server.invoke('entities-sync-repo', { ...payload, user_id: createId('usr') })).status).toBe(200);
  });
});

describe('the end of a link', () => {
  test('endLink: the token and the report go, the status says why, a sync that goes on writes nothing more', async () => {
    git.create(repository);
    await setup({ repo_url: repository, github_token: git.token });
    await synced();
    git.commit(repository, 'main', { 'a.txt': 'a\n' });
    const head = (await status()).head_commit;
    let isEnded = false;
    git.before = async () => {
      if (!isEnded) {
        isEnded = true;
        await database
          .as(scopeOf(who))
          .transaction((transaction) => updateLinkEnded(transaction, 'A source was erased.'));
      }
      return false;
    };
    const owner = { tenantId: who.tenantId, userId: who.userId };
    await expect(syncLink({ database, owner, signal: forever })).rejects.toThrow('newer claim');
    const ended = await status();
    expect(ended).toMatchObject({
      head_commit: head,
      repo_url: `https://${git.host}/${repository}`,
      link: { status: 'ended', branch: 'main', reason: 'A source was erased.' },
      last_sync: null,
    });
    expect(await linkRow()).toMatchObject({ ciphertext: null, wrapped_key: null, key_name: null, remote_commit: null });
    expect((await call(who, 'POST', '/repos/sync', { github_token: git.token })).status).toBe(404);
    expect(await database.as(scopeOf(who)).transaction((transaction) => updateLinkEnded(transaction, 'Again.'))).toBe(
      false,
    );
    // Its person may link anew.
    expect((await setup({ repo_url: repository, github_token: git.token })).body.link.status).toBe('linked');
  });

  test('erasing a person takes link and token, and a sync that goes on brings nothing back', async () => {
    git.create(repository, { 'README.md': 'the marker 4711\n' });
    await setup({ repo_url: repository, github_token: git.token });
    await synced();
    git.commit(repository, 'main', { 'a.txt': 'the marker 4711 again\n' });
    let isErased = false;
    git.before = async () => {
      if (!isErased) {
        isErased = true;
        const receipt = await call(who, 'POST', '/memory/erase', {});
        expect(receipt.body.rows).toMatchObject({ memory_links: 1, memory_repositories: 1 });
      }
      return false;
    };
    const owner = { tenantId: who.tenantId, userId: who.userId };
    await expect(syncLink({ database, owner, signal: forever })).rejects.toThrow();
    const dump = JSON.stringify(await dumpAll(who.userId));
    for (const trace of [repository, '4711', Buffer.from('the marker 4711').toString('hex')])
      expect(dump.includes(trace)).toBe(false);
  });
});

/** Every row of every table, as text. */
async function dumpAll(userId?: string): Promise<string[]> {
  const tables =
    await rows(`select table_name as name, exists (select from information_schema.columns c where c.table_name = t.table_name and c.table_schema = 'public' and c.column_name = 'user_id') as is_ours
    from information_schema.tables t where table_schema = 'public' and table_type = 'BASE TABLE'`);
  const lines: string[] = [];
  for (const { name, is_ours } of tables) {
    if (userId !== undefined && !is_ours) continue;
    const where = userId === undefined ? '' : ` where user_id = '${userId}'`;
    lines.push(
      ...(await rows(`select to_jsonb(t)::text as line from ${name} t${where}`)).map(({ line }) => String(line)),
    );
  }
  return lines;
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
