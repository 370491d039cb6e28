import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { conversation, groupChat, MEMORY, REMME } from '../imports/exports.ts';
import { expectAccessible, pressOn } from './support/accessible.ts';
import { visitSignedIn } from './support/account.ts';

import { test, useSite } from './support/site.ts';

const site = useSite();
const folder = mkdtempSync(join(tmpdir(), 'apexflow-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

/** Answers the dialog of the browser that a button opens. */
async function chooseFiles(page: Page, paths: string[], open: () => Promise<void>): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), open()]);
  await chooser.setFiles(paths);
}

test('files are chosen, checked, imported and read again in the report, by keyboard alone', async () => {
  const { page } = await visitSignedIn(site, '/settings/import');
  await page.getByText('You have imported nothing yet.').waitFor();
  const odd = { task_id: 'music_1', prompt: 'a song\u202e <b>' };
  const paths = [fileOf('chats.json', [conversation('one'), odd]), fileOf('memory.json', MEMORY)];
  await chooseFiles(page, paths, () => pressOn(page, page.getByRole('button', { name: 'Choose files' })));
  await page.getByRole('list', { name: 'Chosen files' }).getByText('memory.json').waitFor();
  await expectAccessible(page);
  await pressOn(page, page.getByRole('button', { name: 'Check the files' }));

  const report = page.getByRole('region', { name: 'Import of chats.json, memory.json' });
  await report.getByText('Check only').waitFor();
  await report.getByRole('list', { name: 'Report for each item' }).getByText('What is in the picture?').waitFor();
  await report.getByText('a song\\u202e <b>').waitFor();
  await report.getByText('chats.json, item 2').waitFor();
  await report.getByText('An import would write 1 conversation and 2 keys.').waitFor();
  await report.getByText('1 item is not taken over').waitFor();
  await expectAccessible(page);
  await pressOn(page, report.getByRole('button', { name: 'Import', exact: true }));

  await report.getByText('Check only').waitFor({ state: 'detached' });
  await report.getByText('Done', { exact: true }).waitFor();
  await report.getByText('Written: 1 conversation and 2 keys.').waitFor();
  const lines = report.getByRole('list', { name: 'Report for each item' });
  await pressOn(page, report.getByRole('link', { name: 'Not imported 1 Music' }));
  await lines.getByText('Music is not made here yet.').waitFor();
  expect(await lines.getByRole('link').count()).toBe(0);
  // The address has the import and what is shown of it.
  await page.reload();
  await lines.getByText('Music is not made here yet.').waitFor();
  await pressOn(page, report.getByRole('navigation', { name: 'Show' }).getByRole('link', { name: 'New 3' }));
  await lines.getByRole('link', { name: 'user.name' }).click();
  await page.getByRole('dialog').getByText('user.name').waitFor();
  await page.goBack();
  await lines.getByRole('link', { name: 'What is in the picture?' }).click();
  await page.getByText('A cat 🐈.').waitFor();
});

test('dropped files are taken, links lead to the village and memory, and unknown items are named', async () => {
  const { page } = await visitSignedIn(site, '/settings/import');
  const area = page.getByText('Or drop them here.');
  const exported = { 'all.json': [7, { mapping: {}, title: 'Of another' }, groupChat('g'), ...REMME.memories] };
  const transfer = await page.evaluateHandle((files) => {
    const dropped = new DataTransfer();
    for (const [name, content] of Object.entries(files))
      dropped.items.add(new File([JSON.stringify(content)], name, { type: 'application/json' }));
    return dropped;
  }, exported);
  await area.dispatchEvent('drop', { dataTransfer: transfer });
  await page.getByRole('button', { name: 'Check the files' }).click();
  const report = page.getByRole('region', { name: 'Import of all.json' });
  await report.getByText('It is a number, and not an object.').waitFor();
  await report.getByText('all.json, item 1').waitFor();
  await report.getByText('Exports of ChatGPT are not read.').waitFor();
  await report.getByRole('button', { name: 'Import', exact: true }).click();
  await report.getByText('Written: 1 thread and 1 fact.').waitFor();
  await report.getByRole('link', { name: 'Should we use Rust?' }).click();
  await page.getByRole('dialog').getByText('Rust is slow to write.').waitFor();
  await page.goBack();
  await report.getByRole('link', { name: 'The user lives in Lisbon.' }).click();
  await page.getByRole('dialog').getByText('The user lives in Lisbon.').waitFor();
});

test('shows the import that is at work when the page is opened without a name', async () => {
  const { page } = await visitSignedIn(site, '/settings/profile');
  const [id, upload] = ['imp_01h455vb4pex5vsknk084sn02q', 'upl_01h455vb4pex5vsknk084sn02q'];
  const atWork = {
    ...{ id, status: 'running', dry_run: false, counts: [], error: null, completed_at: null },
    files: ['one.json', 'two.json'].map((filename) => ({ upload_id: upload, filename })),
    progress: { bytes: 512, bytes_total: 1024, items: 7, file: 1 },
    ...{ created_at: '2026-11-01T10:00:00Z', started_at: '2026-11-01T10:00:01Z' },
  };
  await page.route('**/api/v1/imports?*', (route) => route.fulfill({ json: { items: [atWork], next_cursor: null } }));
  await page.route(`**/api/v1/imports/${id}`, (route) => route.fulfill({ json: atWork }));
  await page.goto('/settings/import');
  const report = page.getByRole('region', { name: 'Import of one.json, two.json' });
  await report.getByText('Reading two.json (file 2 of 2)').waitFor();
  await report.getByText('50 %, 512 B of 1.0 kB, 7 items').waitFor();
  await pressOn(page, report.getByRole('button', { name: 'Stop' }));
  const question = page.getByRole('dialog', { name: 'Stop this import?' });
  await question.getByRole('button', { name: 'Stop', exact: true }).waitFor();
  await pressOn(page, question.getByRole('button', { name: 'Let it go on' }));
  await question.waitFor({ state: 'detached' });
  await expectAccessible(page);
  expect(new URL(page.url()).searchParams.get('id')).toBe(id);
});

test('what was imported before is unchanged, and a file that is no JSON is refused', async () => {
  const { page, announce } = await visitSignedIn(site, '/settings/import');
  announce(415, '/api/v1/uploads/');
  const path = join(folder, 'notes.json');
  writeFileSync(path, 'These are notes.');
  await chooseFiles(page, [path], () => page.getByRole('button', { name: 'Choose files' }).click());
  await page.getByRole('button', { name: 'Check the files' }).click();
  await page.getByText('notes.json does not begin as JSON').waitFor();
  await page.getByRole('button', { name: 'Remove notes.json' }).click();

  for (const outcome of ['New', 'Unchanged']) {
    const files = [fileOf('again.json', [conversation('again')])];
    await chooseFiles(page, files, () => page.getByRole('button', { name: 'Choose files' }).click());
    await page.getByRole('button', { name: 'Check the files' }).click();
    const report = page.getByRole('region', { name: 'Import of again.json' });
    await report.getByRole('link', { name: `${outcome} 1 Conversations` }).waitFor();
    await report.getByRole('button', { name: 'Import', exact: true }).click();
    await report.getByText('Check only').waitFor({ state: 'detached' });
    await report.getByText('Done', { exact: true }).waitFor();
  }
  const earlier = page.getByRole('list', { name: 'Your imports' });
  expect(await earlier.getByRole('link').count()).toBe(4);
});
