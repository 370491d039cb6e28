import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openCommit } from '../../functions/entities/branch/read-branch.ts';
import { writeBundle } from '../../functions/entities/git/write-pack.ts';
import { findObjectCount, listObjects } from '../../functions/entities/sql/memory-object.ts';
import type { Database } from '../../functions/platform/database/database.ts';
import { type Person, scopeOf } from './people.ts';

/** Turns off flushing to the disk, and checks of files that `git fsck` would start processes for. */
const SETTINGS = `[core]
  repositoryFormatVersion = 0
  bare = true
  fsync = none
  commitGraph = false
  multiPackIndex = false
`;

/**
 * Checks that git accepts the export as a bundle, finds no fault in it, and that it holds the whole history and nothing
 * else. Returns the ids of its commits, the newest first.
 */
export async function checkExport(database: Database, person: Person): Promise<string[]> {
  const scoped = database.as(scopeOf(person));
  const head = await openCommit(scoped);
  if (head === undefined) return [];
  const objectCount = await findObjectCount(scoped, head.position);
  const rows = await listObjects(scoped, { position: head.position, after: undefined, limit: objectCount });
  const chunks: Uint8Array[] = [];
  const objects = (async function* () {
    yield* rows;
  })();
  for await (const chunk of writeBundle({ branch: 'main', commitId: head.id, objectCount, objects }))
    chunks.push(chunk);
  const folder = mkdtempSync(join(tmpdir(), 'apexflow-export-'));
  try {
    for (const part of ['objects/pack', 'refs/heads']) mkdirSync(join(folder, part), { recursive: true });
    writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(join(folder, 'config'), SETTINGS);
    writeFileSync(join(folder, 'memory.bundle'), Buffer.concat(chunks));
    const env = { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const git = (...parameters: string[]) =>
      execFileSync('git', parameters, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
    const branches = git('bundle', 'unbundle', 'memory.bundle').split('\n');
    expect(branches.sort()).toEqual([`${head.id} HEAD`, `${head.id} refs/heads/main`]);
    writeFileSync(join(folder, 'refs/heads/main'), `${head.id}\n`);
    expect(git('fsck', '--strict', '--full')).toBe('');
    const lines = git('rev-list', '--objects', 'main').split('\n');
    expect(lines).toHaveLength(objectCount);
    // The id of a tree or a blob is followed by a space and its path. The last line is never a commit.
    return lines.slice(0, -1).filter((line) => /^[0-9a-f]{40}$/.test(line));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
