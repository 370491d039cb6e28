import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { applyChangeSet } from '../../../functions/entities/branch/apply-change-set.ts';
import { entityTexts, openCommit } from '../../../functions/entities/branch/read-branch.ts';
import { sentencesOf } from '../../../functions/entities/consolidate/merge-entities.ts';
import { Edit } from '../../../functions/entities/files/edit.ts';
import { parseEntity } from '../../../functions/entities/files/entity-file.ts';
import { INDEX } from '../../../functions/entities/files/entity-index.ts';
import { writeBundle } from '../../../functions/entities/git/write-pack.ts';
import { listBlocks } from '../../../functions/entities/sql/memory-block.ts';
import {
  findObjectCount,
  listFiles,
  listObjects,
  listTexts,
  listTextsIn,
} from '../../../functions/entities/sql/memory-object.ts';
import { insertRepository } from '../../../functions/entities/sql/memory-repository.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { createId } from '../../../functions/platform/id.ts';
import { expectIndex } from '../expect-index.ts';
import { type Person, scopeOf } from '../people.ts';

/** Creates entity files as sessions write them, and checks invariants of a memory. */

export interface NewEntity {
  name: string;
  type?: string;
  aliases?: string[];
  /** The text by heading. */
  blocks: Record<string, string>;
}

const ownerOf = ({ tenantId, userId }: Person) => ({ tenantId, userId });

/** Returns the edit that creates a file. */
export function create(path: string, { name, type = 'person', aliases = [], blocks }: NewEntity): Edit {
  const list = Object.entries(blocks).map(([heading, text]) => ({ heading, text }));
  return Edit.parse({ op: 'create', path, name, type, aliases, blocks: list });
}

export function append(path: string, heading: string, text: string): Edit {
  return Edit.parse({ op: 'append', path, block: { heading, text } });
}

/** Commits edits as a session that was staged on `base`, by default the newest commit. */
export async function commitSession(database: Database, person: Person, edits: Edit[], base?: string): Promise<string> {
  const scoped = database.as(scopeOf(person));
  const head = await openCommit(scoped);
  const { id } = await scoped.transaction(async (transaction) => {
    await insertRepository(transaction, { id: createId('repo'), ...ownerOf(person), ontology: 'personal' });
    const set = {
      sessionId: createId('ses'),
      baseCommit: base ?? head?.id,
      proposer: 'model' as const,
      edits,
      day: '2026-03-03',
    };
    return applyChangeSet(transaction, ownerOf(person), set);
  });
  return id;
}

/** Returns the current entity files by path. */
export async function filesOf(database: Database, person: Person): Promise<Map<string, string>> {
  const scoped = database.as(scopeOf(person));
  return entityTexts(scoped, (await openCommit(scoped))?.tree_id);
}

/** Returns the sentences of files, without frontmatter and links. */
export function saidIn(texts: Iterable<string>): Set<string> {
  const blocks = [...texts].flatMap((text) => parseEntity(text).blocks.filter(({ id }) => id !== 'related'));
  return new Set(blocks.flatMap(({ text }) => sentencesOf(text)));
}

/**
 * Checks that the branch is linear, that the index and the rows of blocks match the files, and that the commit of each
 * block exists. Returns the commit messages.
 */
export async function expectSound(database: Database, person: Person): Promise<string[]> {
  const scoped = database.as(scopeOf(person));
  const head = await openCommit(scoped);
  const commits = await scoped.query<{ id: string; parent_id: string | null; position: number; message: string }>({
    name: 'test_all_commits',
    text: 'select id, parent_id, position, message from memory_commits order by position',
  });
  expect(commits.map(({ parent_id: parent }) => parent)).toEqual(
    [null, ...commits.map(({ id }) => id)].slice(0, commits.length),
  );
  expect(head?.id).toBe(commits.at(-1)?.id);
  if (head === undefined) return [];
  const entities = await entityTexts(scoped, head.tree_id);
  const entries = (await listTextsIn(scoped, head.tree_id, INDEX)).map(({ path, text }) => [path, text] as const);
  expectIndex(new Map([...entities, ...entries]));
  const rows = await listBlocks(scoped, {});
  expect(rows.map(({ path, block, text }) => `${path} ${block} ${text}`).sort()).toEqual(
    [...entities]
      .flatMap(([path, text]) => parseEntity(text).blocks.map((block) => `${path} ${block.id} ${block.text}`))
      .sort(),
  );
  const known = new Set(commits.map(({ id }) => id));
  expect(rows.filter(({ commit_id: commit }) => !known.has(commit))).toEqual([]);
  return commits.map(({ message }) => message);
}

/** Checks that git can clone the memory and finds no fault in an object. */
export async function expectCleanForGit(database: Database, person: Person): Promise<void> {
  const scoped = database.as(scopeOf(person));
  const head = await openCommit(scoped);
  if (head === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'apexflow-consolidated-'));
  try {
    const objectCount = await findObjectCount(scoped, head.position);
    const objects = await listObjects(scoped, { position: head.position, after: undefined, limit: objectCount });
    const chunks: Uint8Array[] = [];
    const all = (async function* () {
      yield* objects;
    })();
    for await (const chunk of writeBundle({ branch: 'main', commitId: head.id, objectCount, objects: all }))
      chunks.push(chunk);
    const file = join(folder, 'memory.bundle');
    writeFileSync(file, Buffer.concat(chunks));
    const git = (cwd: string, ...parameters: string[]) =>
      execFileSync('git', parameters, {
        cwd,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
      }).trim();
    git(folder, 'clone', '-q', file, 'work');
    expect(git(join(folder, 'work'), 'fsck', '--strict', '--full')).toBe('');
    const paths = (await listFiles(scoped, head.tree_id)).map(({ path }) => path).sort();
    expect(git(join(folder, 'work'), 'ls-files').split('\n').sort()).toEqual(paths);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the texts of the timeline, all months together. */
export async function timelineOf(database: Database, person: Person): Promise<string> {
  const scoped = database.as(scopeOf(person));
  const head = await openCommit(scoped);
  const files = head === undefined ? [] : await listFiles(scoped, head.tree_id);
  const paths = files.map(({ path }) => path).filter((path) => path.startsWith('timeline/'));
  return head === undefined ? '' : (await listTexts(scoped, head.tree_id, paths)).map(({ text }) => text).join('\n');
}
