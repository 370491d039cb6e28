import { afterAll, beforeAll, expect } from 'vitest';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { waitFor } from '../support/local-server.ts';
import { call, type ScriptedTeam, startTeam, write } from '../support/team-script.ts';
import { expectAccessible, expectFocus } from './support/accessible.ts';
import { type Account, visitSignedIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

const environment: Record<string, string> = {};
let team: ScriptedTeam;
let git: GitServer;
beforeAll(async () => {
  [team, git] = await Promise.all([startTeam(), startGitServer()]);
  Object.assign(environment, {
    GEMINI_API_KEY: 'a-key-of-the-test',
    GOOGLE_GEMINI_BASE_URL: team.gemini.url,
    GIT_HOSTS: git.host,
    GIT_CA_FILE: git.caFile,
  });
  git.create('acme/notes', { 'README.md': 'theirs' });
  const ask = call('ask_person', { question: 'Red or blue?', options: ['red', 'blue'] });
  team.perform({
    thinker: [{ text: 'I ask.', toolCalls: [ask] }, lastOutput],
    devops: [
      { text: '', toolCalls: [write('scripts/a', 'echo <b>a</b>'), call('push_repository', { message: 'Add a' })] },
      lastOutput,
    ],
  });
});
const site = useSite(environment);
afterAll(async () => {
  await team.gemini.close();
  await git.close();
});

function lastOutput(request: { messages: { role: string; results?: { output: string }[] }[] }) {
  return { text: request.messages.at(-1)?.results?.at(-1)?.output ?? '' };
}

async function startRun({ token }: Account, body: Record<string, unknown>): Promise<string> {
  return (await site.server.call('POST', '/api/v1/runs', { token, body: { query: 'Decide.', ...body } })).body.id;
}

const runHas = ({ token }: Account, id: string, status: string) =>
  waitFor(`the run to be ${status}`, async () => {
    const { body } = await site.server.call('GET', `/api/v1/runs/${id}`, { token });
    return body.status === status && body;
  });

test('a question is answered from the inbox by keyboard, and the worker goes on with the answer', async () => {
  const { page, account } = await visitSignedIn(site, '/inbox');
  await page.getByText('Nothing needs you.').waitFor();
  const id = await startRun(account, { agent_type: 'thinker' });
  await runHas(account, id, 'waiting_input');
  await page.reload();
  await page.getByRole('link', { name: 'Inbox 1 open' }).first().waitFor();
  await page.getByText('Red or blue?').waitFor();
  await expectAccessible(page);
  await page.keyboard.press('j');
  await expectFocus(page.getByRole('button', { name: 'Red or blue?' }));
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog', { name: 'thinker asks' });
  await dialog.waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expectFocus(page.getByRole('button', { name: 'Red or blue?' }));
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'blue' }).press('Space');
  await dialog.getByRole('button', { name: 'Send answer' }).press('Enter');
  await page.getByText('Nothing needs you.').waitFor();
  expect((await runHas(account, id, 'completed')).result).toContain('The person answered:\nblue');
});

test('an approval shows its dry run and files as text, and a rejection gives the worker the reason', async () => {
  const { page, account } = await visitSignedIn(site, '/inbox');
  const { token } = account;
  const body = { value: git.token };
  expect((await site.server.call('PUT', '/api/v1/tenant/secrets/github_token', { token, body })).status).toBe(200);
  const id = await startRun(account, { agent_type: 'devops', github_repo: 'acme/notes' });
  await runHas(account, id, 'waiting_input');
  await page.reload();
  await page.getByRole('button', { name: /^Push 1 changed file/ }).click();
  const dialog = page.getByRole('dialog', { name: 'devops wants to use push_repository' });
  await dialog.getByText('Files that may run code (1), look at these first:').waitFor();
  await dialog.getByText('may run code', { exact: true }).click();
  await dialog.getByText('echo <b>a</b>').waitFor();
  await expectAccessible(page);
  await dialog.getByLabel('Why (optional)').fill('not before Monday');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await page.getByText('Nothing needs you.').waitFor();
  expect((await runHas(account, id, 'completed')).result).toContain('reject: not before Monday');
});

test('an answer that comes second is not used, and the inbox says which one counts', async () => {
  const { page, account, announce } = await visitSignedIn(site, '/');
  const id = await startRun(account, { agent_type: 'thinker' });
  const { questions } = await runHas(account, id, 'waiting_input');
  await page.goto(`/inbox?open=${questions[0].id}`);
  const dialog = page.getByRole('dialog', { name: 'thinker asks' });
  await dialog.getByRole('button', { name: 'blue' }).click();
  const body = { question_id: questions[0].id, response: 'red' };
  await site.server.call('POST', `/api/v1/runs/${id}/input`, { token: account.token, body });
  announce(409, `/api/v1/runs/${id}/input`);
  await dialog.getByRole('button', { name: 'Send answer' }).click();
  await dialog.getByText('It was answered in the meantime. Your answer was not used.').waitFor();
  await dialog.getByText('red', { exact: true }).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByText('Nothing needs you.').waitFor();
});
