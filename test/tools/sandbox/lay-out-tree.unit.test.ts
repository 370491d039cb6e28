import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packTree, writeTree } from '../../../functions/tools/sandbox/lay-out-tree.ts';
import type { TreeFile } from '../../../functions/tools/sandbox/sandbox.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tree-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (path: string, content: string, mode: TreeFile['mode'] = 'regular'): TreeFile => ({
  path,
  mode,
  content: new TextEncoder().encode(content),
});

const FILES = [
  file('short', 'text'),
  file('empty', ''),
  file('run', '#!/bin/sh', 'executable'),
  file(`${'folder/'.repeat(30)}b`, 'a long path with places to split'),
  file('x'.repeat(150), 'a long name without a place to split'),
  file(`${'d'.repeat(200)}/${'é'.repeat(100)}/ sp"ace\nline`, 'a long name that is not ASCII'),
  file(`${'q'.repeat(120)}/.git/HEAD`, 'ref: refs/heads/main'),
  file('blocks', 'z'.repeat(100_000)),
];

async function unpack(files: readonly TreeFile[]): Promise<void> {
  execFileSync('tar', ['-xpf', '-', '-C', folder], { input: await buffer(packTree(files)) });
}

describe.each([
  ['packTree', unpack],
  ['writeTree', (files: readonly TreeFile[]) => writeTree(folder, files)],
])('%s', (_name, layOut) => {
  it('keeps every name, content and mode, and creates the empty folders of a git repository', async () => {
    await layOut(FILES);
    for (const { path, content, mode } of FILES) {
      expect(readFileSync(join(folder, path))).toEqual(Buffer.from(content));
      expect(statSync(join(folder, path)).mode & 0o777).toBe(mode === 'executable' ? 0o755 : 0o644);
    }
    expect(readdirSync(join(folder, 'q'.repeat(120), '.git')).sort()).toEqual(['HEAD', 'objects', 'refs']);
    expect(readdirSync(folder)).toHaveLength(8);
  });
});

describe('packTree', () => {
  it('makes equal archives of equal trees', async () => {
    expect(await buffer(packTree(FILES))).toEqual(await buffer(packTree(FILES)));
  });

  it('packs 10,000 folders without a stack overflow', async () => {
    const files = Array.from({ length: 5_000 }, (_, index) => file(`r${index}/.git/HEAD`, 'x'));
    expect((await buffer(packTree(files))).length).toBe((10_000 + 5_000 * 2 + 2) * 512);
  });

  it('ends when its reader stops early', async () => {
    const archive = packTree([file('big', 'z'.repeat(3_000_000)), file('next', 'z')]);
    await archive.next();
    expect(await archive.return(undefined)).toMatchObject({ done: true });
  });
});
