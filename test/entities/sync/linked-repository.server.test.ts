import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { startSync } from '../../../functions/entities/endpoints/start-sync.ts';
import { updateLinkEnded } from '../../../functions/entities/sql/memory-link.ts';
import { syncLink } from '../../../functions/entities/sync/sync-link.ts';
import { syncRepos } from '../../../functions/entities/timers/sync-repos.ts';
import { eraseMemory } from '../../../functions/memory/endpoints/erase-memory.ts';
import { watchLog } from '../../../functions/platform/log.ts';
import { expectLoggedError } from '../../support/setup-log.ts';
import { forever, type Person, scopeOf } from '../people.ts';
import { serveWithGit, stopKeyService } from './serve-with-git.ts';

const served = serveWithGit(eraseMemory, startSync, syncRepos);
let user: Person;
let repository: string;
beforeEach(async () => {
  user = await served.createUser('admin');
});
const rows = (text: string, values: unknown[] = []) => served.sql(hash('md5', text), text, values);

describe('the stored token', () => {
  test('that is rejected: the report does not contain it, and the sync is retried with backoff', async () => {
    repository = served.createRepository();
    await served.setup(user, { repo_url: repository, github_token: 'ghp_WrongWrongWrong' });
    const first = await served.synced(user, 'failed');
    expect(first.sync).toEqual({
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
        [user.userId],
      );
      waits.push([row?.failures, row?.minutes]);
      const fence = (await served.linkRow(user))?.fence;
      expect((await served.invoke('entities-sync-repos')).body).toMatchObject({ due_links: 1, failed: 0 });
      await served.syncEndedAfter(user, fence);
    }
    expect(waits).toEqual([
      [1, 10],
      [2, 20],
      [3, 40],
    ]);
    // A valid token ends the backoff.
    await served.setup(user, { repo_url: repository, github_token: served.git.token });
    await served.synced(user);
    expect((await served.linkRow(user))?.failures).toBe(0);
  });

  test('does not appear in a row, a log line, a response, an argument, an environment variable or a file', async () => {
    repository = served.createRepository({ 'README.md': 'Mine.\n' });
    const lines: string[] = [];
    const stop = watchLog((line) => lines.push(JSON.stringify(line)));
    const seen: string[] = [];
    let looked = 0;
    served.git.before = () => {
      looked += 1;
      for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid)))
        for (const part of ['cmdline', 'environ'])
          if (readOrNothing(`/proc/${pid}/${part}`).includes(served.git.token)) seen.push(`${pid} ${part}`);
      for (const folder of readdirSync(tmpdir()).filter((name) => name.startsWith(`apexflow-work-${process.pid}-`)))
        for (const file of readdirSync(join(tmpdir(), folder), { recursive: true, encoding: 'utf8' }))
          if (readOrNothing(join(tmpdir(), folder, file)).includes(served.git.token)) seen.push(file);
      return false;
    };
    const answers = [
      await served.call(
        user,
        'POST',
        '/repos/setup',
        { repo_url: repository, github_token: served.git.token },
        { 'idempotency-key': 'once' },
      ),
      await served.synced(user),
      await served.call(user, 'POST', '/repos/sync?wait=30', {}),
      await served.call(
        user,
        'POST',
        '/repos/sync',
        { github_token: served.git.token },
        { 'idempotency-key': 'twice' },
      ),
    ];
    // A remote that repeats the credentials it was sent.
    served.git.before = ({ headers }, response) => {
      response.writeHead(headers.authorization === undefined ? 401 : 403, {
        'content-type': 'text/plain',
        'www-authenticate': 'Basic realm="git"',
      });
      response.end(`You sent ${headers.authorization} and ${served.git.token}\n`);
      return true;
    };
    answers.push(await served.call(user, 'POST', '/repos/sync', { github_token: served.git.token }));
    served.git.before = undefined;
    stop();
    expect(answers.at(-1)).toMatchObject({
      status: 200,
      body: { sync: { outcome: 'failed', kind: 'unauthorized' } },
    });
    expect(looked).toBeGreaterThan(5);
    expect(seen).toEqual([]);
    const basic = Buffer.from(`x-access-token:${served.git.token}`).toString('base64');
    const dump = JSON.stringify([
      answers.map((answer) => ('body' in answer ? answer.body : answer)),
      lines,
      await dumpAll(),
    ]);
    expect(dump).toContain(repository);
    for (const form of [served.git.token, Buffer.from(served.git.token).toString('base64').replace(/=+$/, ''), basic])
      expect(dump.includes(form)).toBe(false);
    // The rows of keyed requests are in the dump, too.
    expect(await rows(`select key from idempotency_keys where user_id = $1 order by key`, [user.userId])).toEqual([
      { key: 'once' },
      { key: 'twice' },
    ]);
  });

  test('can be decrypted only in its own row and for its own address', async () => {
    repository = served.createRepository();
    await served.setup(user, { repo_url: repository, github_token: served.git.token });
    await served.synced(user);
    const before = served.git.requests.length;
    const owner = { tenantId: user.tenantId, userId: user.userId };
    await rows(`update memory_links set repo_url = 'https://${served.git.host}/leo/elsewhere' where user_id = $1`, [
      user.userId,
    ]);
    expectLoggedError(/a memory could not be synced Error: Unsupported state/);
    expect(await syncLink({ database: served.database, owner, signal: forever })).toBe('done');
    expect((await served.status(user)).sync).toMatchObject({ outcome: 'failed', kind: 'internal' });
    const thief = await served.createUser();
    await served.setup(thief, { repo_url: repository });
    await rows(
      `update memory_links t set id = t.id, ciphertext = o.ciphertext, wrapped_key = o.wrapped_key, key_name = o.key_name from memory_links o
       where t.user_id = $1 and o.user_id = $2`,
      [thief.userId, user.userId],
    );
    const thiefs = { tenantId: thief.tenantId, userId: thief.userId };
    expect(await syncLink({ database: served.database, owner: thiefs, signal: forever })).toBe('done');
    expect((await served.status(thief)).sync).toMatchObject({ outcome: 'failed', kind: 'internal' });
    expect(served.git.requests.length).toBe(before);
    await rows('delete from memory_links where user_id = any ($1)', [[user.userId, thief.userId]]);
  });

  test('that cannot be decrypted because the key service is down fails the sync', async () => {
    repository = served.createRepository();
    await served.setup(user, { repo_url: repository, github_token: served.git.token });
    await served.synced(user);
    await stopKeyService();
    const owner = { tenantId: user.tenantId, userId: user.userId };
    expect(await syncLink({ database: served.database, owner, signal: forever })).toBe('done');
    expect((await served.status(user)).sync).toMatchObject({ outcome: 'failed', kind: 'key-service' });
  });
});

describe('unlinking', () => {
  test('by an erasure deletes the token and the report, shows the reason, and stops a running sync from writing', async () => {
    repository = served.createRepository();
    await served.setup(user, { repo_url: repository, github_token: served.git.token });
    await served.synced(user);
    served.git.commit(repository, 'main', { 'a.txt': 'a\n' });
    const head = (await served.status(user)).head_commit;
    let isEnded = false;
    served.git.before = async () => {
      if (!isEnded) {
        isEnded = true;
        await served.database
          .as(scopeOf(user))
          .transaction((transaction) => updateLinkEnded(transaction, 'A source was erased.'));
      }
      return false;
    };
    const owner = { tenantId: user.tenantId, userId: user.userId };
    await expect(syncLink({ database: served.database, owner, signal: forever })).rejects.toThrow('newer claim');
    const ended = await served.status(user);
    expect(ended).toMatchObject({
      head_commit: head,
      repo_url: `https://${served.git.host}/${repository}`,
      link: { status: 'ended', branch: 'main', reason: 'A source was erased.' },
      sync: null,
    });
    expect(await served.linkRow(user)).toMatchObject({
      ciphertext: null,
      wrapped_key: null,
      key_name: null,
      remote_commit: null,
    });
    expect((await served.call(user, 'POST', '/repos/sync', { github_token: served.git.token })).status).toBe(404);
    expect(
      await served.database.as(scopeOf(user)).transaction((transaction) => updateLinkEnded(transaction, 'Again.')),
    ).toBe(false);
    // The user may link a repository again.
    expect((await served.setup(user, { repo_url: repository, github_token: served.git.token })).body.link.status).toBe(
      'linked',
    );
  });

  test('by erasing the user deletes link and token, and a running sync restores nothing', async () => {
    repository = served.createRepository({ 'README.md': 'the marker 4711\n' });
    await served.setup(user, { repo_url: repository, github_token: served.git.token });
    await served.synced(user);
    served.git.commit(repository, 'main', { 'a.txt': 'the marker 4711 again\n' });
    let isErased = false;
    served.git.before = async () => {
      if (!isErased) {
        isErased = true;
        const receipt = await served.call(user, 'POST', '/memory/erase', {});
        expect(receipt.body.rows).toMatchObject({ memory_links: 1, memory_repositories: 1 });
      }
      return false;
    };
    const owner = { tenantId: user.tenantId, userId: user.userId };
    await expect(syncLink({ database: served.database, owner, signal: forever })).rejects.toThrow();
    const dump = JSON.stringify(await dumpAll(user.userId));
    for (const trace of [repository, '4711', Buffer.from('the marker 4711').toString('hex')])
      expect(dump.includes(trace)).toBe(false);
  });
});

/** Returns every row of every table as text, or those of one user. */
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
