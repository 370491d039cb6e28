import { type Client, clientWith, resultOf, signUp } from './client.ts';

/**
 * Memory for the users of an application. Each user gets an account of their own, which row-level security keeps apart
 * from every other, and the application keeps one API key for each user that may only read and write memory.
 *
 *     npx node examples/memory-for-users.ts
 */

/** Signs up one user of the application and returns a client for their memory. */
async function openMemory(name: string): Promise<Client> {
  const { client } = await signUp(name);
  const { key } = resultOf(
    await client.POST('/api/v1/auth/api-keys', {
      body: { name: 'my application', scopes: ['memory:read', 'memory:write'] },
    }),
  );
  return clientWith(key);
}

const ada = await openMemory('Ada');
const grace = await openMemory('Grace');

// A session is archived word for word; entity files are edited and committed. The same session_id again changes
// nothing.
let session = resultOf(
  await ada.POST('/api/v1/memory/process-and-commit', {
    body: {
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
  session = resultOf(await ada.GET('/api/v1/memory/jobs/{id}', { params: { path: { id: session.id } } }));
}
console.log(`session ${session.session_id} is ${session.status}, commit ${session.commit_id?.slice(0, 10)}`);

// A fact that the application knows without a conversation.
resultOf(await ada.POST('/api/v1/memory', { body: { text: 'Ada prefers answers in German.', scope: 'user' } }));

const search = async (client: Client, query: string) =>
  resultOf(await client.POST('/api/v1/memory/search', { body: { query, k: 5 } })).items;

for (const hit of await search(ada, 'When does Lighthouse launch?'))
  console.log(`  ${hit.kind.padEnd(5)} ${hit.score.toFixed(2)}  ${hit.text.split('\n')[0]}`);
console.log(`Grace finds ${(await search(grace, 'When does Lighthouse launch?')).length} of it`);

// What to put into the prompt of the next conversation, within a budget of tokens.
const context = resultOf(
  await ada.POST('/api/v1/memory/context', {
    body: { depth: 'wide', conversation: 'Let us plan the launch of Lighthouse.', max_tokens: 1_000 },
  }),
);
console.log(`context: ${context.items.length} items, ${context.tokens} tokens`);

// The user leaves: everything goes, history included, and the answer is a receipt.
const receipt = resultOf(await ada.POST('/api/v1/memory/erase', { body: {} }));
console.log(`erased ${Object.values(receipt.rows).reduce((sum, rows) => sum + rows, 0)} rows`);
console.log(`Ada finds ${(await search(ada, 'When does Lighthouse launch?')).length} hits`);
