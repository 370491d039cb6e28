import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { type GitServer, startGitServer } from '../../../support/git-server.ts';
import { call, type ScriptedTeam, startTeam, write } from '../../../support/team-script.ts';
import { expectAccessible } from '../../support/accessible.ts';
import { type Account, visitSignedIn } from '../../support/account.ts';
import { test, useSite } from '../../support/site.ts';

/** The addresses of the scripted servers; they are known when the server starts. */
const environment: Record<string, string> = { GEMINI_API_KEY: 'a-key-of-the-test' };
let team: ScriptedTeam | undefined;
let git: GitServer | undefined;
beforeAll(async () => {
  [team, git] = await Promise.all([startTeam(), startGitServer()]);
  environment.GOOGLE_GEMINI_BASE_URL = team.gemini.url;
  environment.GIT_HOSTS = git.host;
  environment.GIT_CA_FILE = git.caFile;
});
const site = useSite(environment);
afterAll(async () => {
  await Promise.all([team?.gemini.close(), git?.close()]);
});

const Started = z.object({ id: z.string() });
const HOSTILE = '<img src=x onerror="document.title=1">\u202e[a](javascript:document.title=2)';

async function start({ token }: Account, body: Record<string, unknown>): Promise<string> {
  return Started.parse((await site.server.call('POST', '/api/v1/runs', { token, body })).body).id;
}

test('a question is answered with one of its options, and the run goes on', async () => {
  team?.perform({
    thinker: [
      {
        text: 'I ask.',
        toolCalls: [call('ask_person', { question: `Red or blue? ${HOSTILE}`, options: ['red', 'blue'] })],
      },
      { text: `Then blue. ${HOSTILE}` },
    ],
  });
  const { page, account } = await visitSignedIn(site);
  const id = await start(account, { query: `Which colour? ${HOSTILE}`, agent_type: 'thinker' });
  await page.goto(`/runs/${id}`);
  // The time line shows the question before the run is read again, and the key works already.
  await page.getByRole('button', { name: 'Needs you' }).waitFor();
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'blue' }).click();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Send answer' }).click();
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  await page.getByText('Then blue.').first().waitFor();
  expect(await page.title()).toContain('Which colour?');
  expect(await page.locator('#content img').count()).toBe(0);
  expect(await page.locator('#content').textContent()).not.toContain('\u202e');
});

test('a push is approved after its dry run was seen', async () => {
  git?.create('acme/app', { 'README.md': 'theirs' });
  team?.perform({
    devops: [
      { text: 'I push.', toolCalls: [write('a.txt', `${HOSTILE}\n`), call('push_repository', { message: 'Add a' })] },
      { text: 'It is pushed.' },
    ],
  });
  const { page, account } = await visitSignedIn(site);
  await site.server.call('PUT', '/api/v1/tenant/secrets/github_token', {
    token: account.token,
    body: { value: git?.token },
  });
  const id = await start(account, { query: 'Push it', agent_type: 'devops', github_repo: 'acme/app' });
  await page.goto(`/runs/${id}`);
  await page.getByRole('button', { name: 'Look at the change' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('A a.txt').first().waitFor();
  await expectAccessible(page);
  // Neither button is the default.
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  await page.getByText('It is pushed.').first().waitFor();
  expect(git?.read('acme/app', `apexflow/${id}`, 'a.txt')).toContain('onerror');
});
