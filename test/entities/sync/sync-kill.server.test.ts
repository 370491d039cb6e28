import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openCommit } from '../../../functions/entities/branch/read-branch.ts';
import { writeCommit } from '../../../functions/entities/branch/write-commit.ts';
import { findLink } from '../../../functions/entities/sql/memory-link.ts';
import { claimRepository, findHead } from '../../../functions/entities/sql/memory-repository.ts';
import { syncLink } from '../../../functions/entities/sync/sync-link.ts';
import { SyncReport } from '../../../functions/entities/sync/sync-report.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { SecretText } from '../../../functions/platform/secrets/secret-text.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { checkExport } from '../check-export.ts';
import { asOwner, createPerson, forever, type Person, scopeOf } from '../people.ts';
import { expectIndexed, linkMemory, textsOf, useGitServer } from './synced-memory.ts';

/**
 * Kills the syncing process with SIGKILL at points that the server observes, and syncs again: both sides have the same
 * single merge, and nothing is lost. The embedded database serves a single process, so this needs a server.
 */
let git: GitServer;
let database: Database;
beforeAll(async () => {
  git = await startGitServer();
  useGitServer(git);
  database = await openDatabase();
});
afterAll(() => git.close());
afterEach(() => {
  git.before = undefined;
  git.cutAnswer = undefined;
});

const MAYA = 'memories/people/maya.md';

function startSync({ tenantId, userId }: Person): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'sync-child.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { host, caFile, token } = git;
  child.stdin?.end(JSON.stringify({ host, caFile, token, tenantId, userId }));
  return child;
}

/** Kills the process with SIGKILL. When its machine fails, its git processes are killed too; else they continue. */
function kill(child: ChildProcess, isMachineGone: boolean): void {
  const children = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === String(child.pid));
  child.kill('SIGKILL');
  if (isMachineGone) for (const pid of children) process.kill(-Number(pid), 'SIGKILL');
}

function parentOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[1];
  } catch {
    return undefined;
  }
}

const isFetch = ({ method, url }: IncomingMessage) => method === 'POST' && (url?.endsWith('/git-upload-pack') ?? false);
const isPushAsked = ({ url }: IncomingMessage) => url?.includes('service=git-receive-pack') ?? false;
const isPush = ({ method, url }: IncomingMessage) => method === 'POST' && (url?.endsWith('/git-receive-pack') ?? false);

describe.each([
  ['while its git processes continue', false],
  ['with its git processes', true],
])('a process that is killed %s', (_what, isMachineGone) => {
  const key = isMachineGone ? 'gone' : 'orphan';

  /** Creates a memory and a repository that were equal and have both moved since. */
  async function apart(name: string): Promise<{ who: Person; repository: string; ours: string; theirs: string }> {
    const repository = `${key}/${name.replace(/[^a-z]+/g, '-')}`;
    git.create(repository, { [MAYA]: '# Maya\n\n### Home\nPorto\n' });
    const who = await createPerson(database, 'member');
    await linkMemory(database, who, repository);
    await sync(who);
    git.commit(repository, 'main', { [MAYA]: '# Maya\n\n### Home\nPorto\n\n### Garden\nBig\n' });
    const owner = { tenantId: who.tenantId, userId: who.userId };
    const ours = await database.as(scopeOf(who)).transaction(async (transaction) => {
      const held = await claimRepository(transaction);
      if (held === undefined) throw new Error('There is no repository');
      const head = await findHead(transaction, held.branch);
      const writes = new Map([['notes.md', 'Of a session.\n']]);
      return writeCommit(transaction, { owner, repository: held, head, writes, message: 'Here' });
    });
    return { who, repository, ours: ours?.id ?? '', theirs: git.tip(repository) };
  }

  async function sync(who: Person): Promise<SyncReport> {
    const owner = { tenantId: who.tenantId, userId: who.userId };
    await syncLink({ database, owner, credential: new SecretText(git.token), signal: forever });
    return SyncReport.parse((await findLink(database.as(scopeOf(who))))?.last_sync);
  }

  /** Lets another process take over after the lease has expired, and syncs to the end. */
  async function expectOnce({ who, repository, ours, theirs }: Awaited<ReturnType<typeof apart>>): Promise<SyncReport> {
    await asOwner(database, (transaction) =>
      transaction.query({
        name: 'test_end_lease',
        text: 'update memory_links set lease_until = null where user_id = $1',
        values: [who.userId],
      }),
    );
    const report = await sync(who);
    expect(report.outcome).toBe('synced');
    // Another sync changes nothing, even after the remaining processes of the killed one have ended.
    expect(await sync(who)).toEqual({ outcome: 'synced', pulled: null, pushed_commit: null });
    const head = (await openCommit(database.as(scopeOf(who))))?.id;
    expect(git.tip(repository)).toBe(head);
    expect(git.git(repository, 'rev-list', '--merges', 'main').split('\n')).toEqual([head]);
    expect(git.git(repository, 'rev-parse', 'main^1', 'main^2').split('\n')).toEqual([ours, theirs]);
    const texts = await textsOf(database, who);
    expect([texts.get(MAYA)?.includes('Garden'), texts.get('notes.md')]).toEqual([true, 'Of a session.\n']);
    await checkExport(database, who);
    await expectIndexed(database, who);
    return report;
  }

  test.each<[string, (request: IncomingMessage) => boolean]>([
    ['before it has fetched', isFetch],
    ['after its commit, before the push', isPushAsked],
    ['in the middle of the push', isPush],
  ])('%s: the next sync makes one merge', async (name, isMoment) => {
    const sides = await apart(name);
    const child = startSync(sides.who);
    let isKilled = false;
    git.before = (request) => {
      if (!isKilled && isMoment(request)) {
        isKilled = true;
        kill(child, isMachineGone);
      }
      return false;
    };
    await once(child, 'close');
    expect(isKilled).toBe(true);
    await expectOnce(sides);
  });

  test('after the server accepted the push but before the response: the next sync finds the pushed commit', async () => {
    const sides = await apart('lost-answer');
    const child = startSync(sides.who);
    git.cutAnswer = (request) => {
      if (!isPush(request)) return false;
      kill(child, isMachineGone);
      return true;
    };
    await once(child, 'close');
    git.cutAnswer = undefined;
    expect(await expectOnce(sides)).toEqual({ outcome: 'synced', pulled: null, pushed_commit: null });
  });
});
