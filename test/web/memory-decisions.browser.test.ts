import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { z } from 'zod';
import { expectAccessible, expectFocus } from './support/accessible.ts';
import { type Account, createAccount, signIn } from './support/account.ts';
import { PATIENCE_MS, test, useSite } from './support/site.ts';

const site = useSite();
const Job = z.object({ id: z.string(), status: z.string() });
const Run = z.object({ id: z.string(), status: z.string() });

/** Sends a conversation. It is committed, or staged for a decision. */
async function send({ token }: Account, session: string, said: Record<string, string>, how: 'commit' | 'stage') {
  const turns = Object.entries(said).map(([speaker, text]) => ({ speaker, text, said_at: '2026-03-12T14:02:00Z' }));
  const path = how === 'commit' ? 'process-and-commit' : 'process-session';
  const body = { session_id: session, turns };
  return Job.parse((await site.server.call('POST', `/api/v1/memory/${path}?wait=30`, { token, body })).body);
}

async function textOf({ token }: Account, path: string): Promise<string> {
  const { body } = await site.server.call('GET', `/api/v1/memory/entities/${path}`, { token });
  return z.object({ text: z.string() }).parse(body).text;
}

async function saveDownload(page: Page, name: string, folder: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Download ${name}` }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(name);
  const path = join(folder, name);
  await download.saveAs(path);
  await page.getByText(new RegExp(`^${name}, [\\d.]+ k?B$`)).waitFor();
  return path;
}

test('accepts one block of two of a staged session by keyboard; the list says what happened', async () => {
  const account = await createAccount(site);
  await send(account, 'first', { Maya: 'I live in Porto.', Leo: 'I play the cello.' }, 'commit');
  await send(account, 'second', { Maya: 'I adopted a dog.', Leo: 'I sold the cello.' }, 'stage');
  const { page } = await site.visit();
  await signIn(page, account, '/memory/staged');
  await page.getByRole('link', { name: /I adopted a dog/ }).click();
  await page.getByRole('button', { name: 'Accept all 2 blocks' }).waitFor();
  await expectAccessible(page);

  const leo = page.getByRole('listitem').filter({ hasText: 'I sold the cello.' }).first();
  const isLeoFirst = await page.evaluate(
    () => document.querySelector('[data-staged-block]')?.textContent?.includes('cello') === true,
  );
  await page.keyboard.press(']');
  if (!isLeoFirst) await page.keyboard.press(']');
  await page.keyboard.press('x');
  expect(await leo.getByRole('button', { name: 'Reject' }).getAttribute('aria-pressed')).toBe('true');
  await page.getByText('1 block will be dropped for good.').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Accept 1 of 2 blocks' }).click();

  await page.getByText('1 block accepted, 1 dropped', { exact: true }).waitFor();
  await page.getByText('No session waits for a decision.').waitFor();
  expect(await textOf(account, 'memories/people/maya.md')).toContain('I adopted a dog.');
  expect(await textOf(account, 'memories/people/leo.md')).not.toContain('sold');

  await page.getByRole('link', { name: 'Sources' }).click();
  await page.getByRole('link', { name: /I adopted a dog/ }).click();
  await page.getByRole('heading', { name: 'What came from it' }).waitFor();
  await page.getByRole('link', { name: 'Maya', exact: true }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Take this source back…' }).click();
  await page.getByText('Nothing has changed yet: this shows what would change.').waitFor();
});

test('rejects a staged session after asking', async () => {
  const account = await createAccount(site);
  const { id } = await send(account, 'only', { Maya: 'I adopted a dog.' }, 'stage');
  const { page } = await site.visit();
  await signIn(page, account, `/memory/staged/${id}`);
  await page.getByRole('button', { name: 'Reject the session' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reject the session' }).click();
  await page.getByText('rejected; nothing of it is in your files', { exact: true }).waitFor();
});

test('accepts a preference that was found in a run, shows its quote, and removes it', async () => {
  const account = await createAccount(site);
  const body = { task: 'Build a counter page. I prefer TypeScript.' };
  const { id } = Run.parse((await site.server.call('POST', '/api/v1/sprints', { token: account.token, body })).body);
  await expect
    .poll(async () => Run.parse((await site.server.call('GET', `/api/v1/sprints/${id}`, account)).body).status, {
      timeout: PATIENCE_MS,
    })
    .toBe('completed');
  const { page } = await site.visit();
  await signIn(page, account, '/memory/preferences');
  await page.getByRole('button', { name: 'Look through my runs' }).click();
  await page.getByText('Coding language: typescript').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.getByRole('heading', { name: 'How you want things done' }).waitFor();
  await expectFocus(page.getByRole('heading', { name: 'Waiting for your decision' }));
  await page.getByText('1 quote, accepted 1 time').click();
  await page.getByRole('blockquote').getByText('I prefer TypeScript.').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Remove…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove…' }).click();
  await page.getByText('No preference is known yet.').waitFor();
});

test('downloads a bundle that git can clone, and all records as lines of JSON', async () => {
  const account = await createAccount(site);
  await send(account, 'first', { Maya: 'I live in Porto.' }, 'commit');
  const { page } = await site.visit();
  await signIn(page, account, '/memory/export');
  const folder = mkdtempSync(join(tmpdir(), 'apexflow-export-'));
  try {
    const bundle = await saveDownload(page, 'memory.bundle', folder);
    const git = { cwd: folder, stdio: 'pipe' as const, env: { PATH: process.env.PATH, HOME: folder } };
    execFileSync('git', ['clone', '--quiet', bundle, 'clone'], git);
    expect(readFileSync(join(folder, 'clone/memories/people/maya.md'), 'utf8')).toContain('I live in Porto.');
    const lines = readFileSync(await saveDownload(page, 'memory.ndjson', folder), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => z.object({ table: z.string() }).parse(JSON.parse(line)).table)).toContain(
      'memory_turns',
    );
    await expectAccessible(page);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('says in the past that a page has no past, and shows no button that writes', async () => {
  const account = await createAccount(site);
  const { id } = await send(account, 'only', { Maya: 'I adopted a dog.' }, 'stage');
  const { page } = await site.visit();
  const then = encodeURIComponent(new Date(Date.now() - 60_000).toISOString());
  await signIn(page, account, `/memory/staged/${id}?as_of=${then}`);
  await page.getByText('This page shows memory as it is now; it has no past.').waitFor();
  await page.getByText('• I adopted a dog.').waitFor();
  expect(await page.getByRole('button', { name: /^(Accept|Reject)/ }).count()).toBe(0);
  await page.getByRole('link', { name: 'Back to now' }).click();
  await page.getByRole('button', { name: 'Reject the session' }).waitFor();
});
