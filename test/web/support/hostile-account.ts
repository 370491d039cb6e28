import { z } from 'zod';
import type { GitServer } from '../../support/git-server.ts';
import { waitFor } from '../../support/local-server.ts';
import type { ScriptedCall } from '../../support/scripted-provider.ts';
import { call, type Play, tell, write } from '../../support/team-script.ts';
import { type Account, createAccount } from './account.ts';
import { DEEP_QUOTES, HOSTILE_PATHS, HOSTILE_TEXT, hostileName, LONG_WORD, REFUSED_PATHS } from './hostile.ts';
import type { Site } from './site.ts';

/** An account whose every text is hostile. All of it came in through the API and from a model. */
export interface HostileAccount extends Account {
  sprint: string;
  failed: string;
  question: string;
  approval: string;
  chat: string;
}

/** Answers with a text in one piece: a megabyte in the pieces of the scripted server would take a minute. */
const say = (text: string, toolCalls: ScriptedCall[] = []) => ({ text, chunks: [text], toolCalls });
const hostileFiles = [...HOSTILE_PATHS, ...REFUSED_PATHS].map((path) => write(path, HOSTILE_TEXT));

/** What the model of {@link createHostileAccount} answers. */
export const HOSTILE_PLAY: Play = {
  plan: [say(HOSTILE_TEXT, [tell('backend', HOSTILE_TEXT), tell('frontend', hostileName('Build'))]), say(DEEP_QUOTES)],
  backend: [
    say(HOSTILE_TEXT, [...hostileFiles, write('hostile.md', `${HOSTILE_TEXT}\n\n${DEEP_QUOTES}`)]),
    say('', [
      ...HOSTILE_PATHS.map((path) => call('read_file', { path })),
      call('search_files', { pattern: 'planted' }),
      call('<img id=planted src=x onerror=window.ran=1>'),
      call('remember', { fact: hostileName('Learned by the worker') }),
      tell('frontend', HOSTILE_TEXT),
    ]),
    say(`${HOSTILE_TEXT}\n\n${DEEP_QUOTES}`),
  ],
  frontend: [say('', [write('long.txt', LONG_WORD)]), say(LONG_WORD.slice(0, 50_000))],
  summary: [say(`${HOSTILE_TEXT}\n\n${DEEP_QUOTES}`)],
  assistant: [
    say(HOSTILE_TEXT, [
      call('recall', { query: hostileName('Recall') }),
      call('<img id=planted src=x onerror=window.ran=1>', { [hostileName('argument')]: HOSTILE_TEXT }),
    ]),
    say(`${HOSTILE_TEXT} [M1] [M2]\n\n${DEEP_QUOTES}`),
  ],
  thinker: [
    say(HOSTILE_TEXT, [
      call('ask_person', {
        question: `${hostileName('Which')} ${HOSTILE_TEXT.slice(0, 1500)}`,
        options: [hostileName('One'), hostileName('Two')],
      }),
    ]),
    say('thanks'),
  ],
  devops: [
    say(HOSTILE_TEXT, [...hostileFiles, call('push_repository', { message: hostileName('Commit') })]),
    say('pushed'),
  ],
  coder: [{ failure: { status: 400, message: hostileName('The provider says'), code: hostileName('code') } }],
};

const Started = z.object({ id: z.string() });
const Answered = z.object({ conversation_id: z.string(), message: z.object({ status: z.literal('complete') }) });
const Job = z.object({ status: z.literal('committed') });

export async function createHostileAccount(site: Site, git: GitServer): Promise<HostileAccount> {
  const account = await createAccount(site, hostileName('Person'));
  const { token } = account;
  const call = async (method: string, path: string, body: object) => {
    const headers = { accept: 'application/json' };
    const answer = await site.server.call(method, `/api/v1${path}`, { token, body, headers });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const start = async (path: string, body: object) => Started.parse(await call('POST', path, body)).id;
  const reaches = async (id: string, status: string) => {
    const settled = await waitFor(
      `${id} to be ${status}`,
      async () => {
        const { body } = await site.server.call('GET', `/api/v1/runs/${id}`, { token });
        return (body.status === 'waiting_input' || body.completed_at !== null) && body;
      },
      60_000,
    );
    if (settled.status !== status) throw new Error(`${id} is ${settled.status}: ${settled.error}`);
  };

  await call('PATCH', '/tenant', { name: hostileName('Team'), max_concurrent_sprints: 10 });
  await call('PUT', '/tenant/secrets/github_token', { value: git.token });
  await call('POST', '/auth/api-keys', { name: hostileName('Key').slice(0, 100) });
  const sprint = await start('/sprints', { task: `${hostileName('Task')}\n${HOSTILE_TEXT}` });
  const runOf = (agent: string) => ({ query: `${hostileName(agent)}\n${HOSTILE_TEXT}`, agent_type: agent });
  const failed = await start('/runs', runOf('coder'));
  const question = await start('/runs', runOf('thinker'));
  const approval = await start('/runs', { ...runOf('devops'), github_repo: 'acme/hostile' });
  await remember(call);
  const message = `${hostileName('Question')}\n${HOSTILE_TEXT}`.slice(0, 20_000);
  const chat = Answered.parse(await call('POST', '/chat/message?wait=60', { message })).conversation_id;
  await call('PATCH', `/chat/conversations/${chat}`, { title: hostileName('Chat'), tags: ['<b id=planted>tag</b>'] });
  await Promise.all([
    reaches(sprint, 'completed'),
    reaches(failed, 'failed'),
    reaches(question, 'waiting_input'),
    reaches(approval, 'waiting_input'),
  ]);
  return { ...account, sprint, failed, question, approval, chat };
}

/** Fills the memory: facts, conversations that are kept or wait for a decision, a proposal, and a value under a key. */
async function remember(call: (method: string, path: string, body: object) => Promise<unknown>): Promise<void> {
  const turns = [
    { speaker: hostileName('Maya'), text: `I live in ${hostileName('Porto')}.`, said_at: '2026-03-12T14:02:00Z' },
    { speaker: 'Leo', text: `I prefer ${HOSTILE_TEXT}`, said_at: '2026-03-12T14:03:00Z' },
    { speaker: 'Leo', text: `My notes: ${LONG_WORD.slice(0, 50_000)}`, said_at: '2026-03-12T14:04:00Z' },
  ];
  Job.parse(await call('POST', '/memory/process-and-commit?wait=30', { session_id: 'kept', turns }));
  await call('POST', '/memory/process-session?wait=30', { session_id: 'staged', turns });
  const category = '<b id=planted>category</b>';
  for (const place of ['First', 'Second']) await call('POST', '/memory', { text: hostileName(place), category });
  await call('POST', '/memory', { text: HOSTILE_TEXT.slice(0, 1_000) });
  await call('PUT', '/memory/keys/notes', { value: { html: HOSTILE_TEXT } });
}
