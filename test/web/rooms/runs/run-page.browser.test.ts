import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { z } from 'zod';
import { filesInZip } from '../../../runs/zip.ts';
import { expectAccessible } from '../../support/accessible.ts';
import { visitSignedIn } from '../../support/account.ts';
import { type Site, test, useSite } from '../../support/site.ts';

const site = useSite();
const TASK = 'Build a counter: a page with a button, and a small API';

const Started = z.object({ id: z.string() });
async function startSprint({ server }: Site, token: string): Promise<string> {
  return Started.parse((await server.call('POST', '/api/v1/sprints', { token, body: { task: TASK } })).body).id;
}

test('a sprint is watched live to its end; a turn, a file and the ZIP are read', async () => {
  const { page, account } = await visitSignedIn(site);
  const id = await startSprint(site, account.token);
  await page.goto(`/runs/${id}`);
  await page.getByRole('heading', { level: 1, name: TASK }).waitFor();
  // Without a reload, by the stream alone.
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  await page.getByText('Done', { exact: true }).first().waitFor();
  const graph = page.getByRole('region', { name: 'Graph of the workers' });
  expect(await graph.getByRole('button').count()).toBe(5);
  await expectAccessible(page);

  await graph.getByRole('button', { name: /backend/ }).click();
  const inspector = page.getByRole('region', { name: 'Chosen turn' });
  await inspector.getByText('The backend is done').waitFor();
  await page.keyboard.press('[');
  await inspector.getByText('I keep the decision').waitFor();
  expect(new URL(page.url()).searchParams.get('turn')).toBe('backend:3');
  await page.keyboard.press('4');
  await inspector.getByText('The counter app was built with Express').waitFor();
  await page.keyboard.press('2');
  await inspector.getByText('Instruction of the worker').waitFor();
  await expectAccessible(page);
  await page.reload();
  await inspector.getByText('Instruction of the worker').waitFor();

  await page.getByRole('tab', { name: 'Files' }).first().click();
  await page.getByRole('button', { name: /server\.js/ }).click();
  await page.getByText('import express from').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the ZIP' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${id}.zip`);
  const files = await filesInZip(new Uint8Array(readFileSync(await download.path())).buffer);
  expect(files['backend/server.js']).toContain('import express');

  for (const tab of ['Messages', 'Logs', 'Money']) {
    await page.getByRole('tab', { name: tab }).first().click();
    await expectAccessible(page);
  }
});

test('on a phone a turn opens over the whole screen, and nothing scrolls sideways', async () => {
  const { page, account } = await visitSignedIn(site, '/', { size: 'phone' });
  const id = await startSprint(site, account.token);
  await page.goto(`/runs/${id}`);
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  await page
    .getByRole('button', { name: /frontend/ })
    .first()
    .click();
  const sheet = page.getByRole('dialog', { name: 'Chosen turn' });
  await sheet.getByText('The page is done').waitFor();
  await expectAccessible(page);
  const back = sheet.getByRole('button', { name: 'Back to the time line' });
  expect((await back.boundingBox())?.y).toBeGreaterThanOrEqual(8);
  await back.click();
  await sheet.waitFor({ state: 'detached' });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
});

test('a replay says which workers it kept from the first run, and leads to their turns', async () => {
  const { page, account } = await visitSignedIn(site);
  const id = await startSprint(site, account.token);
  await page.goto(`/runs/${id}`);
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  const body = { from_node: 'summary' };
  const replay = await site.server.call('POST', `/api/v1/runs/${id}/replay`, { token: account.token, body });
  await page.goto(`/runs/${Started.parse(replay.body).id}`);
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  const graph = page.getByRole('region', { name: 'Graph of the workers' });
  await graph.getByText('kept from the first run').first().waitFor();
  expect(await graph.getByText('kept from the first run').count()).toBe(4);
  await graph.getByRole('button', { name: /backend/ }).click();
  const inspector = page.getByRole('region', { name: 'Chosen turn' });
  await inspector.getByText('It was kept from the first run and not run again.').waitFor();
  await expectAccessible(page);
  await inspector.getByRole('link', { name: 'See its turns there' }).click();
  await inspector.getByText('I write the server, its package file and a test.').waitFor();
  expect(page.url()).toBe(`${site.server.url}/runs/${id}?turn=backend:0`);

  await page.goto(`/runs/compare?a=${id}&b=${Started.parse(replay.body).id}`);
  await page.getByText(/^4 nodes were kept from the first run and not run again\./).waitFor();
  const backend = page
    .getByRole('region', { name: 'Node by node' })
    .getByRole('listitem')
    .filter({ hasText: 'backend' });
  await backend.getByText('kept from the first run').waitFor();
  expect(await backend.getByText('Done').count()).toBe(1);
  await expectAccessible(page);
});
