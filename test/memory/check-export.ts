import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openCommit } from '../../functions/memory/branch/open-commit.ts';
import { writeBundle } from '../../functions/memory/git/write-bundle.ts';
import { findObjectCount, listObjects } from '../../functions/memory/sql/memory-object.ts';
import type { Database } from '../../functions/platform/database/database.ts';
import { type Person, scopeOf } from './people.ts';

/** Git finds no fault in the export, which holds the whole history and nothing else. Answers the ids of its commits, the newest first. */
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
    writeFileSync(join(folder, 'memory.bundle'), Buffer.concat(chunks));
    const env = { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const git = (...parameters: string[]) =>
      execFileSync('git', parameters, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
    git('clone', '-q', '--bare', 'memory.bundle', 'work');
    expect(git('-C', 'work', 'fsck', '--strict', '--full')).toBe('');
    expect(git('-C', 'work', 'rev-parse', 'HEAD')).toBe(head.id);
    expect(git('-C', 'work', 'rev-list', '--objects', 'HEAD').split('\n')).toHaveLength(objectCount);
    return git('-C', 'work', 'rev-list', 'HEAD').split('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
