import { z } from 'zod';
import type { GitServer } from '../../support/git-server.ts';
import { waitFor } from '../../support/local-server.ts';
import type { ScriptedAnswer, ScriptedRequest } from '../../support/scripted-provider.ts';
import { call, type Play, smallApp, write } from '../../support/team-script.ts';
import { type Account, createAccount } from './account.ts';
import { AGENT_PLAY, EXAMPLE_AGENT, EXAMPLE_COUNCIL } from './example-agents.ts';
import type { Site } from './site.ts';

/** An account with something on every page of the console: runs in several states, and a memory with decisions. */
export interface ExampleAccount extends Account {
  sprint: string;
  replay: string;
  question: string;
  approval: string;
  failed: string;
  source: string;
  staged: string;
  fact: string;
  chat: string;
  agent: string;
  council: string;
}

const DECISION = `I compare both.

| | Postgres | SQLite |
| - | - | - |
| Writers at once | many | one |
| To run | a server | a file |

Then I **ask**, because it is hard to change later. See \`docs/storage.md\` and the [notes](https://example.com/notes).`;

/** Returns the ref of the remembered thing that has these words, as the answer cites it. */
function refTo({ body }: ScriptedRequest, words: string): string {
  const told = JSON.stringify(body).replaceAll('\\\\"', '"').replaceAll('\\"', '"');
  const found = [...told.matchAll(/<memory ref="(M\d+)"[^>]*>([^<]*)/g)].find(([, , text]) => text?.includes(words));
  return found?.[1] === undefined ? '' : ` [${found[1]}]`;
}

/** The assistant looks first, then answers with what is remembered. */
function chatAnswer(request: ScriptedRequest): ScriptedAnswer {
  const last = request.messages.at(-1);
  if (last?.role === 'user' && last.text.includes('When can I release'))
    return {
      text: 'I look at what is known, and count the days.',
      toolCalls: [
        call('recall', { query: 'release of the notes' }),
        call('calculator', { expression: '6 * 7' }),
        call('current_time', {}),
      ],
    };
  if (last?.role === 'user') return { text: 'You are welcome. I keep the checklist short.' };
  return {
    text: `Release the notes on **Tuesday**: that is your team's day for it${refTo(request, 'Tuesdays')}. Before that, move staging.

| Step | Where | When |
| - | - | - |
| Migrate staging | Postgres 16${refTo(request, 'Postgres 16')} | Monday |
| Release | production | Tuesday |

\`\`\`sh
npm run migrate && npm test
\`\`\`

Six weeks have 42 days, so the next one after it is 12 January.`,
  };
}

/** The judge of the village: what is said of Tuesdays agrees, what is said of backups does not. Else: nothing. */
function judgement({ messages }: ScriptedRequest): ScriptedAnswer {
  const last = messages.at(-1);
  const asked = last?.role === 'user' ? last.text : '';
  const [, said = ''] = /<statement>([^<]*)/.exec(asked) ?? [];
  const others = [...asked.matchAll(/<other number="(\d+)">([^<]*)/g)];
  const verdicts = others.flatMap(([, number, other = '']) => {
    const isOf = (word: string) => said.includes(word) && other.includes(word);
    if (isOf('Tuesday')) return [{ other: Number(number), relation: 'agree', reason: 'Both name the same day.' }];
    return isOf('Backups') ? [{ other: Number(number), relation: 'deny', reason: 'One says not.' }] : [];
  });
  return { text: JSON.stringify({ verdicts }) };
}

/** What the model of {@link createExampleAccount} answers. */
export const EXAMPLE_PLAY: Play = {
  ...smallApp(),
  ...AGENT_PLAY,
  assistant: [chatAnswer],
  comparison: [judgement],
  thinker: [
    {
      text: DECISION,
      toolCalls: [
        call('ask_person', {
          question: 'Should the notes be kept in Postgres or in SQLite?',
          options: ['Postgres', 'SQLite'],
        }),
      ],
    },
    { text: 'Then Postgres.' },
  ],
  devops: [
    {
      text: 'I write the workflow and push it.',
      toolCalls: [
        write(
          '.github/workflows/test.yml',
          'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n',
        ),
        write('README.md', '# Notes\n\nAn API and a page for notes.\n'),
        call('push_repository', { message: 'Test each push' }),
      ],
    },
    { text: 'It is pushed.' },
  ],
  coder: [
    { failure: { status: 400, message: 'The request has a part that this model cannot read.', code: 'invalid' } },
  ],
};

const Started = z.object({ id: z.string() });
const Sources = z.object({ items: z.array(z.object({ id: z.string() })) });

const Facts = z.object({ items: z.array(z.object({ id: z.string(), trust: z.string() })) });

const SAID: [session: string, days: string, turns: Record<string, string>][] = [
  [
    'kick-off',
    '2026-11-02',
    { Maya: 'I live in Porto. I lead the notes project.', Leo: 'I prefer TypeScript for servers.' },
  ],
  [
    'stand-up',
    '2026-11-16',
    { Maya: 'I moved to Lisbon. I adopted a dog called Bica.', Leo: 'I will send the report on Friday.' },
  ],
  ['hearsay', '2026-11-23', { Maya: 'My salary is 90000 euros.', Ines: 'I play the cello.' }],
];

export async function createExampleAccount(site: Site, git: GitServer): Promise<ExampleAccount> {
  const account = await createAccount(site);
  const { token } = account;
  const send = async (method: string, path: string, body?: object, headers?: Record<string, string>) => {
    const answer = await site.server.call(method, `/api/v1${path}`, {
      token,
      ...(body ? { body } : {}),
      ...(headers ? { headers } : {}),
    });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const start = async (path: string, body: object, status: string) => {
    const { id } = Started.parse(await send('POST', path, body));
    await waitFor(`${id} to be ${status}`, async () => (await send('GET', `/runs/${id}`)).status === status, 60_000);
    return id;
  };
  await send('PATCH', '/tenant', { name: 'Analytical Engines', budget_usd_per_day: 20, max_concurrent_sprints: 10 });
  await send('PUT', '/tenant/secrets/github_token', { value: git.token });
  await send('POST', '/auth/api-keys', { name: 'Nightly report', scopes: ['runs:read', 'memory:read'] });
  const task = 'Build a page for notes, with an API that keeps them. I prefer TypeScript and few dependencies.';
  const sprint = await start('/sprints', { task, budget_usd: 1 }, 'completed');
  const replay = await start(`/runs/${sprint}/replay`, {}, 'completed');
  const run = (agent: string, query: string) => ({ agent_type: agent, query });
  const failed = await start('/runs', run('coder', 'Translate the handbook to Finnish'), 'failed');
  const question = await start('/runs', run('thinker', 'Where should the notes be kept?'), 'waiting_input');
  const push = { ...run('devops', 'Test each push of the notes'), github_repo: 'acme/notes' };
  const approval = await start('/runs', push, 'waiting_input');

  for (const [session, day, turns] of SAID)
    await send('POST', '/memory/process-and-commit?wait=30', { session_id: session, turns: turnsOf(day, turns) });
  const staged = await send('POST', '/memory/process-session?wait=30', {
    session_id: 'retrospective',
    turns: turnsOf('2026-11-27', { Maya: 'I sold my car.', Ines: 'I want fewer meetings.' }),
  });
  const first = await send('POST', '/memory', { text: 'The staging database is Postgres 15.', category: 'project' });
  await send('POST', '/memory', { text: 'The staging database is Postgres 16.', category: 'project' });
  await send('POST', '/memory', { text: 'Releases go out on Tuesdays.', category: 'project' });
  const facts = Facts.parse(await send('GET', '/memory?limit=200')).items;
  const learned = facts.find(({ trust }) => trust === 'untrusted');
  if (learned === undefined) throw new Error('The sprint has kept no fact');
  await send('POST', '/memory/proposals', { memory_id: learned.id, scope: 'tenant', reason: 'Each project needs it.' });
  await send('PUT', '/memory/keys/release', { value: { day: 'Tuesday', owner: 'Ines' } });
  await send('POST', '/remme/scan', {});
  const chat = await talk(send);
  const agent = Started.parse(await send('POST', '/agents/spawn', EXAMPLE_AGENT)).id;
  const council = Started.parse(await send('POST', '/agents/council', EXAMPLE_COUNCIL)).id;
  await waitFor(
    'the agent and the council to end',
    async () =>
      (await send('GET', `/agents/${agent}/status`)).agent.status === 'completed' &&
      (await send('GET', `/agents/council/${council}`)).status === 'completed',
    60_000,
  );
  await state(send);
  const { items } = Sources.parse(await send('GET', '/memory/sources?limit=200'));
  const source = items.find(({ id }) => id.includes('hearsay'))?.id ?? '';
  const names = { sprint, replay, failed, question, approval, source, staged: staged.id, fact: first.id, chat };
  return { ...account, ...names, agent, council };
}

const Stated = z.object({ id: z.string(), agent: z.object({ id: z.string() }) });
const Compared = z.object({ pending: z.int() });
const Answered = z.object({ conversation_id: z.string(), message: z.object({ status: z.literal('complete') }) });

/** Fills the list of chats. Returns the one that has tools, memory and two exchanges. */
async function talk(
  send: (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<unknown>,
): Promise<string> {
  const ask = async (message: string, chat?: string) => {
    const body = { message, ...(chat === undefined ? {} : { conversation_id: chat }) };
    const answer = await send('POST', '/chat/message?wait=60', body, { accept: 'application/json' });
    return Answered.parse(answer).conversation_id;
  };
  const names = ['Words for the handbook', 'Ideas for the retrospective', 'Which index for the search?'];
  for (const message of names) {
    const id = await ask(message);
    const change = message === names[0] ? { favorite: true } : { tags: ['notes'] };
    await send('PATCH', `/chat/conversations/${id}`, change);
  }
  const chat = await ask('When can I release the notes, and on which Postgres is staging?');
  await ask('Thanks! Keep the checklist short, please.', chat);
  return chat;
}

/** What agents state in the village: three agree, one denies, two talk on a bridge, and one keeps a note. */
const STATED: [agent: string, content: string, more?: object][] = [
  ['Planner', 'We release the notes on Tuesdays.', { thread_title: 'When to release' }],
  ['Frontend', 'Releases of the notes go out on Tuesdays.'],
  ['Backend', 'The notes are released on Tuesday.'],
  ['Backend', 'Backups are kept for thirty days.'],
  ['Reviewer', 'Backups are not kept for thirty days.'],
  ['Tester', 'The gateway restarts each night.'],
  ['Planner', 'The plan for December is too long.', { realm: 'private' }],
];

async function state(send: (method: string, path: string, body?: object) => Promise<unknown>): Promise<void> {
  let last = '';
  for (const [agent, content, more] of STATED) {
    const { id, agent: speaker } = Stated.parse(await send('POST', '/village/knowledge', { agent, content, ...more }));
    if (agent === 'Tester') last = speaker.id;
    if (agent === 'Reviewer')
      await send('POST', '/village/knowledge', { agent: 'Backend', content: 'Who set that?', responding_to: [id] });
  }
  const words = 'Can you test the export?';
  await send('POST', '/village/knowledge', { agent: 'Frontend', content: words, realm: 'bridge', sides: [last] });
  await waitFor('the statements to be compared', async () => {
    return Compared.parse(await send('GET', '/village/convergence')).pending === 0;
  });
}

function turnsOf(day: string, said: Record<string, string>) {
  return Object.entries(said).map(([speaker, text]) => ({ speaker, text, said_at: `${day}T09:30:00Z` }));
}
