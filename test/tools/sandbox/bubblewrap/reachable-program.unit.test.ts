import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { reachableProgram } from '../../../../functions/tools/sandbox/bubblewrap/reachable-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'reachable-'));
afterAll(() => rmSync(folder, { recursive: true }));

function programIn(name: string, mode: number): string {
  const parent = join(folder, name);
  mkdirSync(parent);
  const program = join(parent, 'true');
  copyFileSync('/usr/bin/true', program);
  chmodSync(program, 0o755);
  chmodSync(parent, mode);
  chmodSync(folder, 0o755);
  return program;
}

test('returns the path of a program that every user can reach', () => {
  const program = programIn('open', 0o755);
  expect(reachableProgram(program)).toBe(program);
});

test.skipIf(process.getuid?.() !== 0)(
  'copies a program that only root can reach once, to a folder that every user can reach',
  () => {
    const program = programIn('closed', 0o700);
    const copy = reachableProgram(program);
    expect(copy).not.toBe(program);
    expect(readFileSync(copy).equals(readFileSync('/usr/bin/true'))).toBe(true);
    expect(statSync(copy).mode & 0o001).toBe(0o001);
    const { mtimeMs } = statSync(copy);
    expect(reachableProgram(program)).toBe(copy);
    expect(statSync(copy).mtimeMs).toBe(mtimeMs);
    rmSync(dirname(copy), { recursive: true });
  },
);
