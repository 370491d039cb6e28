import { clientWith, resultOf, signUp } from './client.ts';

/**
 * Memory for the users of an application. The application has one API key that may only read and write memory, and
 * names the user of each request with `user_id`: its own name for them, in any form. The memory of each is kept apart
 * from that of every other by row-level security. The first write begins a memory.
 *
 *     npx node examples/memory-for-users.ts
 */

const { client: account } = await signUp('My application');
const { key } = resultOf(
  await account.POST('/api/v1/auth/api-keys', {
    body: { name: 'my application', scopes: ['memory:read', 'memory:write'] },
  }),
);
const memory = clientWith(key);
const [ada, grace] = ['ada', 'grace'];

// A session is archived word for word; entity files are edited and committed. The same session_id again changes
// nothing; another user may have a session of the same id.
let session = resultOf(
  await memory.POST('/api/v1/memory/process-and-commit', {
    body: {
      user_id: ada,
      session_id: 'support-chat-1',
      turns: [
        {
          speaker: 'Ada',
          text: 'We moved the launch of Project Lighthouse to March 14.',
          said_at: '2026-11-20T09:00:00Z',
        },
        { speaker: 'assistant', text: 'Noted: Lighthouse launches on March 14.', said_at: '2026-11-20T09:00:05Z' },
      ],
    },
  }),
);
// A model may need a while to read it: 202 and a job. Without a model rules read it, in a moment.
while (session.status === 'queued') {
  await new Promise((resolve) => setTimeout(resolve, 300));
  const params = { path: { id: session.id }, query: { user_id: ada } };
  session = resultOf(await memory.GET('/api/v1/memory/jobs/{id}', { params }));
}
console.log(`session ${session.session_id} is ${session.status}, commit ${session.commit_id?.slice(0, 10)}`);

// A fact that the application knows without a conversation.
resultOf(await memory.POST('/api/v1/memory', { body: { user_id: ada, text: 'Ada prefers answers in German.' } }));

const search = async (user_id: string, query: string) =>
  resultOf(await memory.POST('/api/v1/memory/search', { body: { user_id, query, k: 5 } })).items;

for (const hit of await search(ada, 'When does Lighthouse launch?'))
  console.log(`  ${hit.kind.padEnd(5)} ${hit.score.toFixed(2)}  ${hit.text.split('\n')[0]}`);
console.log(`Grace finds ${(await search(grace, 'When does Lighthouse launch?')).length} of it`);

// What to put into the prompt of the next conversation, within a budget of tokens.
const context = resultOf(
  await memory.POST('/api/v1/memory/context', {
    body: { user_id: ada, depth: 'wide', conversation: 'Let us plan the launch of Lighthouse.', max_tokens: 1_000 },
  }),
);
console.log(`context: ${context.items.length} items, ${context.tokens} tokens`);

const users = resultOf(await memory.GET('/api/v1/memory/subjects', {})).items;
console.log(`memory is kept for ${users.map(({ user_id }) => user_id).join(', ')}`);

// The user leaves: everything goes, history and name included, and the answer is a receipt.
const params = { path: { user_id: ada } };
const receipt = resultOf(await memory.DELETE('/api/v1/memory/subjects/{user_id}', { params }));
console.log(`erased ${Object.values(receipt.rows).reduce((sum, rows) => sum + rows, 0)} rows`);
console.log(`Ada finds ${(await search(ada, 'When does Lighthouse launch?')).length} hits`);
