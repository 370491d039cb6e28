import { expect } from 'vitest';
import { openCommit } from '../../../functions/entities/branch/read-branch.ts';
import { sectionsOf } from '../../../functions/entities/files/entity-file.ts';
import { isEntityPath } from '../../../functions/entities/files/ontology.ts';
import { listBlocks } from '../../../functions/entities/sql/memory-block.ts';
import { findObjectCount, listFiles, listTexts } from '../../../functions/entities/sql/memory-object.ts';
import type { Database, Scoped } from '../../../functions/platform/database/database.ts';
import { checkExport } from '../check-export.ts';
import { expectIndex } from '../expect-index.ts';
import { type Person, scopeOf } from '../people.ts';

interface CommitRow {
  id: string;
  parent_id: string | null;
  session_id: string | null;
  position: number;
  tree_id: string;
  committed_at: string;
}

/**
 * Checks that a branch is consistent: commits are linear, and at every position the block rows, the index and the
 * recorded changes match the files. Jobs and change sets name existing commits, `git fsck` accepts the export, and no
 * other objects are stored.
 */
export async function checkBranch(database: Database, person: Person): Promise<void> {
  const scoped = database.as(scopeOf(person));
  const commits = await scoped.query<CommitRow>({
    name: 'test_source_commits',
    text: 'select id, parent_id, session_id, position, tree_id, committed_at from memory_commits order by position',
  });
  expect(commits.map(({ position }) => position)).toEqual(commits.map((_, index) => index + 1));
  expect(commits.map(({ parent_id: parent }) => parent)).toEqual(
    [null, ...commits.map(({ id }) => id)].slice(0, commits.length),
  );
  const head = await openCommit(scoped);
  expect(head?.id).toBe(commits.at(-1)?.id);
  let before = new Map<string, string>();
  for (const commit of commits) before = await checkCommit(scoped, commit, before);
  const jobs = await scoped.query<{ session_id: string; status: string; commit_id: string | null }>({
    name: 'test_source_jobs',
    text: `select session_id, status, commit_id from memory_jobs where commit_id is not null`,
  });
  for (const job of jobs) expect(commits.find(({ id }) => id === job.commit_id)?.session_id).toBe(job.session_id);
  const bases = await scoped.query<{ base_commit: string }>({
    name: 'test_source_bases',
    text: 'select base_commit from memory_change_sets where base_commit is not null',
  });
  for (const { base_commit: base } of bases) expect(commits.map(({ id }) => id)).toContain(base);
  expect(await checkExport(database, person)).toHaveLength(head?.position ?? 0);
  // An object that only an older history reaches must not be left.
  const all = await scoped.query<{ count: number }>({
    name: 'test_source_objects',
    text: 'select count(*)::int as count from memory_objects',
  });
  expect(all).toEqual([{ count: head === undefined ? 0 : await findObjectCount(scoped, head.position) }]);
}

async function checkCommit(
  scoped: Scoped,
  commit: CommitRow,
  before: Map<string, string>,
): Promise<Map<string, string>> {
  const rows = await listFiles(scoped, commit.tree_id);
  const files = new Map(rows.map(({ path, blob_id: id }) => [path, id]));
  const changed = [...new Set([...before.keys(), ...files.keys()])].filter(
    (path) => before.get(path) !== files.get(path),
  );
  const recorded = await scoped.query<{ path: string; before_id: string | null; after_id: string | null }>({
    name: 'test_source_changes',
    text: 'select path, before_id, after_id from memory_changes where position = $1 order by path collate "C"',
    values: [commit.position],
  });
  expect(recorded).toEqual(
    changed
      .toSorted()
      .map((path) => ({ path, before_id: before.get(path) ?? null, after_id: files.get(path) ?? null })),
  );
  const texts = new Map(
    (await listTexts(scoped, commit.tree_id, [...files.keys()])).map(({ path, text }) => [path, text]),
  );
  expect([...texts.keys()].sort()).toEqual([...files.keys()].sort());
  const entities = [...texts].filter(([path]) => isEntityPath(path));
  expectIndex(texts);
  const blocks = await listBlocks(scoped, { asOf: commit.committed_at });
  expect(blocks.map(({ path, block, text }) => `${path} ${block} ${text}`).sort()).toEqual(
    entities.flatMap(([path, text]) => sectionsOf(text).map((block) => `${path} ${block.id} ${block.text}`)).sort(),
  );
  return files;
}
