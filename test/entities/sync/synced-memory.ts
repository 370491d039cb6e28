import { expect } from 'vitest';
import { openCommit } from '../../../functions/entities/branch/read-branch.ts';
import { sectionsOf } from '../../../functions/entities/files/entity-file.ts';
import { isEntityPath } from '../../../functions/entities/files/ontology.ts';
import { listBlocks } from '../../../functions/entities/sql/memory-block.ts';
import { listFiles, listTexts } from '../../../functions/entities/sql/memory-object.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { createId } from '../../../functions/platform/id.ts';
import type { GitServer } from '../../support/git-server.ts';
import { expectIndex } from '../expect-index.ts';
import { type Person, scopeOf } from '../people.ts';

/** Sets up and inspects both sides of a sync. */

export function useGitServer(server: Pick<GitServer, 'host' | 'caFile'>): void {
  environment.GIT_HOSTS = [server.host];
  environment.GIT_CA_FILE = server.caFile;
}

/** Links a repository without a stored token. */
export async function linkMemory(database: Database, person: Person, url: string): Promise<void> {
  const { tenantId, userId } = person;
  const scoped = database.as(scopeOf(person));
  await scoped.queryAll([
    {
      name: 'test_repository',
      text: `insert into memory_repositories (id, tenant_id, user_id, ontology, branch) values ($1, $2, $3, 'personal', 'main') on conflict do nothing`,
      values: [createId('repo'), tenantId, userId],
    },
    {
      name: 'test_link',
      text: `insert into memory_links (tenant_id, user_id, id, repo_url, branch) values ($1, $2, $3, $4, 'main')`,
      values: [tenantId, userId, createId('link'), url],
    },
  ]);
}

/** Returns the texts of a user's branch by path. */
export async function textsOf(database: Database, person: Person): Promise<Map<string, string>> {
  const scoped = database.as(scopeOf(person));
  const head = await openCommit(scoped);
  if (head === undefined) return new Map();
  const paths = (await listFiles(scoped, head.tree_id)).map(({ path }) => path);
  return new Map((await listTexts(scoped, head.tree_id, paths)).map(({ path, text }) => [path, text]));
}

/** Checks that the index and the rows of blocks match the files of the branch. */
export async function expectIndexed(database: Database, person: Person): Promise<void> {
  const texts = await textsOf(database, person);
  const entities = [...texts].filter(([path]) => isEntityPath(path));
  expectIndex(texts);
  const rows = (await listBlocks(database.as(scopeOf(person)), {})).map(
    ({ path, block, text }) => `${path} ${block} ${text}`,
  );
  expect(rows.sort()).toEqual(
    entities.flatMap(([path, text]) => sectionsOf(text).map((block) => `${path} ${block.id} ${block.text}`)).sort(),
  );
}
