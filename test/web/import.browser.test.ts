import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { conversation, MEMORY } from '../imports/exports.ts';
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
  await expectAccessible(page);
  await pressOn(page, report.getByRole('button', { name: 'Import', exact: true }));

  await report.getByText('Check only').waitFor({ state: 'detached' });
  await report.getByText('Done', { exact: true }).waitFor();
  await report.getByLabel('Show').selectOption('Not imported');
  await report.getByText('Music is not made here yet.').waitFor();
  expect(await report.getByRole('link').count()).toBe(0);
  await report.getByLabel('Show').selectOption('New');
  await report.getByRole('link', { name: 'What is in the picture?' }).click();
  await page.getByText('A cat 🐈.').waitFor();
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
    await report.getByRole('cell', { name: outcome }).waitFor();
    await report.getByRole('button', { name: 'Import', exact: true }).click();
    await report.getByText('Check only').waitFor({ state: 'detached' });
    await report.getByText('Done', { exact: true }).waitFor();
  }
  const earlier = page.getByRole('list', { name: 'Your imports' });
  expect(await earlier.getByRole('link').count()).toBe(4);
});
