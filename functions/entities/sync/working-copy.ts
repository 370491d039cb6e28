import { once } from 'node:events';
import type { Queryable } from '../../platform/database/database.ts';
import { type BareRepository, openBareRepository } from '../../platform/git/bare-repository.ts';
import { FETCH_OPTIONS } from '../../platform/git/fetch-options.ts';
import { checkGit, GitFailure } from '../../platform/git/git-failure.ts';
import type { Remote } from '../../platform/git/remote.ts';
import { resolveRevision } from '../../platform/git/resolve-revision.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';
import type { GitObject } from '../git/object.ts';
import { writePack } from '../git/write-pack.ts';
import { findObjectTotals, listObjects, type ObjectRow } from '../sql/memory-object.ts';
import type { HeadRow } from '../sql/memory-repository.ts';
import { gitLimitsOf, type SyncLimits, TooLarge } from './limits.ts';

/**
 * A temporary bare repository that holds the objects of the user's branch and of the linked repository during one sync.
 * Its folder is deleted on disposal; nothing is ever checked out.
 */
export interface WorkingCopy extends AsyncDisposable {
  repository: BareRepository;
  /** The number and size of the objects of the user's branch in it. */
  own: { objects: number; bytes: number };
  /** Adds the missing objects of the user's branch up to a commit. @throws TooLarge */
  addOwn(head: HeadRow): Promise<void>;
  /** Adds objects that the branch has by now. */
  add(objects: readonly GitObject[]): Promise<void>;
  /**
   * Fetches a branch of the remote and returns its tip. Git checks all objects as `git fsck --strict` does. @throws
   * GitFailure, TooLarge
   */
  fetch(branch: string): Promise<string>;
}

const OWN = 'refs/apexflow/own';
const REMOTE = 'refs/apexflow/remote';
const PAGE = 200;

export async function openWorkingCopy(opened: {
  queryable: Queryable;
  remote: Remote;
  credential: SecretText;
  limits: SyncLimits;
  signal: AbortSignal;
}): Promise<WorkingCopy> {
  const { queryable, remote, credential, limits, signal } = opened;
  const repository = await openBareRepository(remote, { credential, signal, limits: gitLimitsOf(limits) });
  const own = { objects: 0, bytes: 0 };
  let position = 0;
  return {
    repository,
    own,
    addOwn: async (head) => {
      if (head.position <= position) return;
      const range = { after: position, upTo: head.position };
      const { count, bytes } = await findObjectTotals(queryable, range);
      own.objects += count;
      own.bytes += bytes;
      if (own.objects > limits.objects || own.bytes > limits.bytes) throw new TooLarge(limits);
      await indexPack(repository, writePack({ objectCount: count, objects: objectsOf(queryable, range) }));
      // Git negotiates with the remote only about commits that a ref names.
      checkGit(await repository.git(['update-ref', OWN, head.id]));
      position = head.position;
    },
    add: (objects) => indexPack(repository, writePack({ objectCount: objects.length, objects })),
    fetch: async (branch) => {
      const source = `+refs/heads/${branch}:${REMOTE}`;
      const strict = ['-c', 'fetch.fsckObjects=true'];
      const fetched = await repository.git([...strict, 'fetch', ...FETCH_OPTIONS, '--', 'origin', source], {
        network: true,
      });
      try {
        checkGit(fetched);
      } catch (error) {
        if (error instanceof GitFailure && error.kind === 'too-large') throw new TooLarge(limits);
        throw error;
      }
      return resolveRevision(repository, REMOTE);
    },
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  };
}

async function indexPack(repository: BareRepository, pack: AsyncIterable<Uint8Array>): Promise<void> {
  checkGit(
    await repository.git(['index-pack', '--stdin'], {
      input: async (stdin) => {
        for await (const chunk of pack) if (!stdin.write(chunk)) await once(stdin, 'drain');
      },
    }),
  );
}

async function* objectsOf(queryable: Queryable, range: { after: number; upTo: number }): AsyncIterable<ObjectRow> {
  let after: Pick<ObjectRow, 'position' | 'id'> | undefined = { position: range.after, id: 'g' };
  do {
    const page: ObjectRow[] = await listObjects(queryable, { position: range.upTo, after, limit: PAGE });
    yield* page;
    after = page.length === PAGE ? page.at(-1) : undefined;
  } while (after !== undefined);
}
