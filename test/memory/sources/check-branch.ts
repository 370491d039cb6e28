import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openCommit } from '../../../functions/memory/branch/open-commit.ts';
import { parseEntity } from '../../../functions/memory/entities/entity-file.ts';
import { indexEntry, writeIndex } from '../../../functions/memory/entities/entity-index.ts';
import { INDEX, isEntityPath } from '../../../functions/memory/entities/ontology.ts';
import { writeBundle } from '../../../functions/memory/git/write-bundle.ts';
import { listBlocks } from '../../../functions/memory/sql/memory-block.ts';
import { findObjectCount, listFiles, listObjects, listTexts } from '../../../functions/memory/sql/memory-object.ts';
import type { Database, Scoped } from '../../../functions/platform/database/database.ts';
import { type Person, scopeOf } from '../people.ts';

interface CommitRow {
  id: string;
  parent_id: string | null;
  session_id: string | null;
  position: number;
  tree_id: string;
  committed_at: string;
}

/** Whatever was done to a branch: it is linear, and at every position the rows of blocks, the index and what changed are what the files say; git finds no fault. */
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
  if (head !== undefined) await checkWithGit(scoped, head);
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
  const told = await scoped.query<{ path: string; before_id: string | null; after_id: string | null }>({
    name: 'test_source_changes',
    text: 'select path, before_id, after_id from memory_changes where position = $1 order by path collate "C"',
    values: [commit.position],
  });
  expect(told).toEqual(
    changed
      .toSorted()
      .map((path) => ({ path, before_id: before.get(path) ?? null, after_id: files.get(path) ?? null })),
  );
  const texts = new Map(
    (await listTexts(scoped, commit.tree_id, [...files.keys()])).map(({ path, text }) => [path, text]),
  );
  expect([...texts.keys()].sort()).toEqual([...files.keys()].sort());
  const entities = [...texts].filter(([path]) => isEntityPath(path));
  if (files.size > 0) expect(texts.get(INDEX)).toBe(writeIndex(entities.map(([path, text]) => indexEntry(path, text))));
  const blocks = await listBlocks(scoped, { asOf: commit.committed_at });
  expect(blocks.map(({ path, block, text }) => `${path} ${block} ${text}`).sort()).toEqual(
    entities
      .flatMap(([path, text]) => parseEntity(text).blocks.map((block) => `${path} ${block.id} ${block.text}`))
      .sort(),
  );
  return files;
}

async function checkWithGit(scoped: Scoped, head: { id: string; position: number }): Promise<void> {
  const objectCount = await findObjectCount(scoped, head.position);
  const rows = await listObjects(scoped, { position: head.position, after: undefined, limit: objectCount });
  const chunks: Uint8Array[] = [];
  const objects = (async function* () {
    yield* rows;
  })();
  for await (const chunk of writeBundle({ branch: 'main', commitId: head.id, objectCount, objects }))
    chunks.push(chunk);
  const folder = mkdtempSync(join(tmpdir(), 'apexflow-source-'));
  try {
    writeFileSync(join(folder, 'memory.bundle'), Buffer.concat(chunks));
    const env = { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const git = (...parameters: string[]) =>
      execFileSync('git', parameters, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    git('clone', '-q', '--bare', 'memory.bundle', 'work');
    expect(git('-C', 'work', 'fsck', '--strict', '--full')).toBe('');
    expect(git('-C', 'work', 'rev-parse', 'HEAD').trim()).toBe(head.id);
    expect(Number(git('-C', 'work', 'rev-list', '--count', 'HEAD'))).toBe(head.position);
    // Every object is of the branch: nothing that only the old history reached is left, and nothing is counted to a later commit than it came with.
    expect(git('-C', 'work', 'rev-list', '--objects', 'HEAD').trim().split('\n')).toHaveLength(objectCount);
    const all = await scoped.query<{ count: number }>({
      name: 'test_source_objects',
      text: 'select count(*)::int as count from memory_objects',
    });
    expect(all).toEqual([{ count: objectCount }]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
