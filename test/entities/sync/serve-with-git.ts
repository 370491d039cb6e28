import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { getRepoStatus } from '../../../functions/entities/endpoints/get-repo-status.ts';
import { setupRepo } from '../../../functions/entities/endpoints/setup-repo.ts';
import { syncRepo } from '../../../functions/entities/steps/sync-repo.ts';
import type { ServedFunction } from '../../../functions/platform/http/served-function.ts';
import { KeyServiceUnavailable } from '../../../functions/platform/secrets/key-encryption.ts';
import { openKeyEncryption, useKeyEncryption } from '../../../functions/platform/secrets/open-key-encryption.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import type { Person } from '../people.ts';
import { serve } from '../served.ts';
import { useGitServer } from './synced-memory.ts';

/** Starts a git server and the functions that every test of linked repositories needs, with these in addition. */
export function serveWithGit(...functions: ServedFunction[]) {
  const served = serve(getRepoStatus, setupRepo, syncRepo, ...functions);
  let git: GitServer;
  let count = 0;
  beforeAll(async () => {
    git = await startGitServer();
    useGitServer(git);
  });
  afterEach(() => {
    git.before = undefined;
    useGitServer(git);
    useKeyEncryption(undefined);
  });
  afterAll(() => git.close());

  const { call, sql } = served;
  const status = async (user: Person) => (await call(user, 'GET', `/repos/status/${user.userId}`)).body;
  const linkRow = async (user: Person) =>
    (await sql('link_row', 'select * from memory_links where user_id = $1', [user.userId]))[0];
  return {
    ...served,
    get database() {
      return served.database;
    },
    get git() {
      return git;
    },
    /** Creates a repository with one commit of these files, or without commits, and returns its name. */
    createRepository: (...files: Parameters<GitServer['create']> extends [string, ...infer Rest] ? Rest : never) => {
      count += 1;
      const name = `leo/memory${count}`;
      git.create(name, ...files);
      return name;
    },
    setup: (user: Person, body: object) => call(user, 'POST', '/repos/setup', body),
    status,
    linkRow,
    /** Waits until a sync has ended with this outcome and returns the status. */
    synced: async (user: Person, outcome = 'synced') => {
      for (;;) {
        const now = await status(user);
        if (now.sync?.outcome === outcome) return now;
        await sleep(30);
      }
    },
    /** Waits until a sync that began after this fence has ended. */
    syncEndedAfter: async (user: Person, fence: unknown) => {
      for (;;) {
        const row = await linkRow(user);
        if (row?.fence !== fence && row?.lease_until === null) return row;
        await sleep(20);
      }
    },
    payloadOf: ({ tenantId, userId }: Person) => ({ tenant_id: tenantId, user_id: userId }),
  };
}

/** Makes the key service unavailable until the end of the test. */
export async function stopKeyService(): Promise<void> {
  const { keyName } = await openKeyEncryption();
  const fail = () => Promise.reject(new KeyServiceUnavailable('The key service is down'));
  useKeyEncryption({ keyName, wrap: fail, unwrap: fail });
}
