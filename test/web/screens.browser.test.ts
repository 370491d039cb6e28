import { afterAll, beforeAll, expect } from 'vitest';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { type ScriptedTeam, startTeam } from '../support/team-script.ts';
import { expectAccessible } from './support/accessible.ts';
import { signIn } from './support/account.ts';
import { createExampleAccount, EXAMPLE_PLAY } from './support/example-account.ts';
import { examplePages, openExample } from './support/example-pages.ts';
import { isRecording, readRecording, recordAnswers, replayAnswers, writeRecording } from './support/recorded.ts';
import { expectOwnFonts, expectScreens } from './support/screens.ts';
import { test, useSite } from './support/site.ts';

/** Pictures of every page, light and dark, on a wide screen and a phone, with recorded answers of the API. */
const environment: Record<string, string> = {};
let team: ScriptedTeam | undefined;
let git: GitServer | undefined;
beforeAll(async () => {
  if (!isRecording) return;
  [team, git] = await Promise.all([startTeam(EXAMPLE_PLAY), startGitServer()]);
  git.create('acme/notes', { 'README.md': '# Notes\n' });
  Object.assign(environment, {
    GEMINI_API_KEY: 'a-key-of-the-test',
    GOOGLE_GEMINI_BASE_URL: team.gemini.url,
    GIT_HOSTS: git.host,
    GIT_CA_FILE: git.caFile,
  });
});
const site = useSite(environment);
const recording = readRecording();
const testRecording = isRecording ? test : test.skip;
afterAll(async () => {
  await team?.gemini.close();
  await git?.close();
});

testRecording('records the answers of the API', { timeout: 600_000 }, async () => {
  if (git === undefined) throw new Error('There is no git server');
  const { password: _, token: __, ...names } = await createExampleAccount(site, git);
  const account = { email: names.email, password: 'correct-horse-battery', name: names.name, token: '' };
  const { page, context } = await site.visit();
  await signIn(page, account);
  Object.assign(recording, { at: new Date(Date.now() + 60_000).toISOString(), names, answers: {} });
  await page.clock.setFixedTime(new Date(recording.at));
  await recordAnswers(context, recording);
  const failed: string[] = [];
  // A phone draws other parts, which may ask for more.
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 1000 });
    for (const example of examplePages(names)) {
      await openExample(page, example).catch((error) => failed.push(`${example.name}: ${error}`));
    }
  }
  writeRecording(recording);
  expect(failed).toEqual([]);
});

test.for(examplePages({}).map(({ name }) => name))('%s looks as before', async (name) => {
  const example = examplePages(recording.names).find((one) => one.name === name);
  if (example === undefined) throw new Error(`There is no page ${name}`);
  const { page, context } = await site.visit();
  await replayAnswers(context, recording);
  await page.clock.setFixedTime(new Date(recording.at));
  await openExample(page, example);
  await expectOwnFonts(page);
  await expectAccessible(page);
  await expectScreens(page, name, () => expectAccessible(page));
});
