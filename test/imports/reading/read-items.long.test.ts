import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { writeLargeExport } from '../large-export.ts';

const home = mkdtempSync(join(tmpdir(), 'apexflow-import-'));
afterAll(() => rmSync(home, { recursive: true }));

/** With less than the file. A process that keeps what it has read is aborted by V8. */
const HEAP_MIB = 32;
const READER = `const { readItems } = await import('./functions/imports/reading/read-items.ts');
  let items = 0;
  for await (const { fault } of readItems('large')) items += fault === undefined ? 1 : 0;
  console.log(items);`;

it('reads an export of 50 MB with a heap of 32 MiB', async () => {
  mkdirSync(join(home, 'objects'));
  const conversations = await writeLargeExport(join(home, 'objects', 'large'), 50_000_000);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--max-old-space-size=${HEAP_MIB}`, '--input-type=module', '-e', READER],
    { env: { ...process.env, APEXFLOW_HOME: home } },
  );
  expect(Number(stdout)).toBe(conversations);
}, 60_000);
