import { z } from 'zod';
import type { GitServer } from '../../support/git-server.ts';
import { waitFor } from '../../support/local-server.ts';
import { call, type Play, tell, write } from '../../support/team-script.ts';
import { type Account, createAccount } from './account.ts';
import { DEEP_QUOTES, HOSTILE_PATHS, HOSTILE_TEXT, hostileName, LONG_WORD } from './hostile.ts';
import type { Site } from './site.ts';

/** An account whose every text is hostile. All of it came in through the API and from a model. */
export interface HostileAccount extends Account {
  sprint: string;
  failed: string;
  question: string;
  approval: string;
}

/** What the model of {@link createHostileAccount} answers. */
export const HOSTILE_PLAY: Play = {
  plan: [{ text: HOSTILE_TEXT, toolCalls: [tell('backend', HOSTILE_TEXT)] }, { text: DEEP_QUOTES }],
  backend: [
    {
      text: HOSTILE_TEXT,
      toolCalls: [
        ...HOSTILE_PATHS.map((path) => write(path, HOSTILE_TEXT)),
        write('long.txt', LONG_WORD),
        write('hostile.md', `${HOSTILE_TEXT}\n\n${DEEP_QUOTES}`),
      ],
    },
    {
      text: '',
      toolCalls: [
        ...HOSTILE_PATHS.map((path) => call('read_file', { path })),
        call('search_files', { pattern: 'planted' }),
        call(`<img id=planted src=x onerror=window.ran=1>`),
        call('remember', { fact: hostileName('Learned by the worker') }),
        tell('frontend', HOSTILE_TEXT),
      ],
    },
    { text: `${HOSTILE_TEXT}\n\n${DEEP_QUOTES}` },
  ],
  frontend: [{ text: LONG_WORD.slice(0, 200_000) }],
  summary: [{ text: `${HOSTILE_TEXT}\n\n${DEEP_QUOTES}` }],
  thinker: [
    {
      text: HOSTILE_TEXT,
      toolCalls: [
        call('ask_person', {
          question: `${hostileName('Which')} ${HOSTILE_TEXT.slice(0, 1500)}`,
          options: [hostileName('One'), hostileName('Two')],
        }),
      ],
    },
    { text: 'thanks' },
  ],
  devops: [
    {
      text: HOSTILE_TEXT,
      toolCalls: [
        ...HOSTILE_PATHS.map((path) => write(path, HOSTILE_TEXT)),
        call('push_repository', { message: hostileName('Commit') }),
      ],
    },
    { text: 'pushed' },
  ],
  coder: [{ failure: { status: 400, message: hostileName('The provider says'), code: hostileName('code') } }],
};

const Started = z.object({ id: z.string() });
const Job = z.object({ status: z.literal('committed') });

export async function createHostileAccount(site: Site, git: GitServer): Promise<HostileAccount> {
  const account = await createAccount(site, hostileName('Person'));
  const { token } = account;
  const call = async (method: string, path: string, body: object) => {
    const answer = await site.server.call(method, `/api/v1${path}`, { token, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const start = async (path: string, body: object) => Started.parse(await call('POST', path, body)).id;
  const reaches = (id: string, status: string) =>
    waitFor(
      `${id} to be ${status}`,
      async () => (await site.server.call('GET', `/api/v1/runs/${id}`, { token })).body.status === status,
      60_000,
    );

  await call('PATCH', '/tenant', { name: hostileName('Team') });
  await call('PUT', '/tenant/secrets/github_token', { value: git.token });
  await call('POST', '/auth/api-keys', { name: hostileName('Key').slice(0, 100) });
  const sprint = await start('/sprints', { task: `${hostileName('Task')}\n${HOSTILE_TEXT}` });
  const runOf = (agent: string) => ({ query: `${hostileName(agent)}\n${HOSTILE_TEXT}`, agent_type: agent });
  const failed = await start('/runs', runOf('coder'));
  const question = await start('/runs', runOf('thinker'));
  const approval = await start('/runs', { ...runOf('devops'), github_repo: 'acme/hostile' });
  await remember(call);
  await Promise.all([
    reaches(sprint, 'completed'),
    reaches(failed, 'failed'),
    reaches(question, 'waiting_input'),
    reaches(approval, 'waiting_input'),
  ]);
  return { ...account, sprint, failed, question, approval };
}

/** Fills the memory: facts, conversations that are kept or wait for a decision, a proposal, and a value under a key. */
async function remember(call: (method: string, path: string, body: object) => Promise<unknown>): Promise<void> {
  const turns = [
    { speaker: hostileName('Maya'), text: `I live in ${hostileName('Porto')}.`, said_at: '2026-03-12T14:02:00Z' },
    { speaker: 'Leo', text: `I prefer ${HOSTILE_TEXT}`, said_at: '2026-03-12T14:03:00Z' },
    { speaker: 'Leo', text: `My notes: ${LONG_WORD.slice(0, 50_000)}`, said_at: '2026-03-12T14:04:00Z' },
  ];
  const session = hostileName('Conversation').slice(0, 120);
  Job.parse(await call('POST', '/memory/process-and-commit?wait=30', { session_id: session, turns }));
  await call('POST', '/memory/process-session?wait=30', { session_id: `staged ${session}`.slice(0, 120), turns });
  const category = '<b id=planted>category</b>';
  for (const place of ['First', 'Second']) await call('POST', '/memory', { text: hostileName(place), category });
  await call('POST', '/memory', { text: HOSTILE_TEXT.slice(0, 1_000) });
  await call('PUT', '/memory/keys/notes', { value: { html: HOSTILE_TEXT } });
}
