import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SandboxRequest, SandboxResult } from '../../../functions/tools/sandbox/sandbox.ts';

const withPaths = (...paths: string[]) =>
  SandboxRequest.safeParse({ command: 'true', files: paths.map((path) => ({ path, mode: 'regular', content: '' })) });

describe('the request and result schemas', () => {
  it('convert bytes to base64 and back, and set defaults', () => {
    const parsed = SandboxRequest.parse({ command: 'ls', files: [{ path: 'a', mode: 'executable', content: 'AP8=' }] });
    expect(parsed).toMatchObject({
      timeout_seconds: 120,
      network: 'none',
      files: [{ content: new Uint8Array([0, 255]) }],
    });
    expect(z.encode(SandboxRequest, parsed).files[0]?.content).toBe('AP8=');
  });

  it('keep every result unchanged through JSON', () => {
    const outcome = {
      stdout: 'o',
      stderr: '',
      stdout_truncated: false,
      stderr_truncated: true,
      deleted: ['d'],
      not_kept: [],
      duration_ms: 3,
    };
    const changed = [
      { path: 'p', mode: 'regular' as const, content: Uint8Array.from({ length: 3_000 }, (_, index) => index % 256) },
    ];
    const results: SandboxResult[] = [
      { status: 'completed', exit_code: 7, changed, ...outcome },
      { status: 'timed_out', changed, ...outcome },
      { status: 'limit_exceeded', limit: 'memory', changed, ...outcome },
      { status: 'cancelled' },
      { status: 'unavailable', reason: 'why' },
    ];
    for (const result of results) {
      expect(SandboxResult.parse(JSON.parse(JSON.stringify(z.encode(SandboxResult, result))))).toEqual(result);
    }
  });

  it('accept a file of 16 MiB', () => {
    const content = Buffer.alloc(16 * 2 ** 20, 'ab').toString('base64');
    expect(
      SandboxRequest.parse({ command: 'true', files: [{ path: 'a', mode: 'regular', content }] }).files[0]?.content,
    ).toHaveLength(16 * 2 ** 20);
  });

  it.each(['AP8', 'A P8=', '!!!!', 'AP8=AP8=x'])('reject content that is not base64: %s', (content) => {
    expect(
      SandboxRequest.safeParse({ command: 'true', files: [{ path: 'a', mode: 'regular', content }] }).success,
    ).toBe(false);
  });

  it.each([
    { command: '' },
    { command: 'x'.repeat(20_001) },
    { command: 'a\0b' },
    { timeout_seconds: 121 },
    { timeout_seconds: 0 },
    { network: 'all' },
    { extra: 1 },
  ])('reject %j', (fault) => {
    expect(SandboxRequest.safeParse({ command: 'true', files: [], ...fault }).success).toBe(false);
  });
});

describe('the paths of a tree', () => {
  it.each([
    '',
    '/etc/passwd',
    '..',
    'a/../b',
    '../a',
    './a',
    'a/.',
    'a//b',
    'a/',
    'a\0b',
    'x'.repeat(256),
    `${'a/'.repeat(600)}a`,
    '\ud800',
  ])('reject %j', (path) => {
    expect(withPaths(path).success).toBe(false);
  });

  it.each([[['a', 'a']], [['a', 'a/b']], [['x/y/z', 'x/y']]])('reject the tree %j', (paths) => {
    expect(withPaths(...paths).success).toBe(false);
  });

  it('accept usual and unusual names', () => {
    expect(
      withPaths('a', 'a.b', '..a', 'a..', '...', '.git/HEAD', 'dir/ä ö', 'x'.repeat(255), 'ab', 'ab.c/d', '-rf')
        .success,
    ).toBe(true);
  });
});
