import { EventSourceParserStream } from 'eventsource-parser/stream';
import { resultOf, SERVER, signUp } from './client.ts';

/**
 * A conversation: an answer as it is written, what was learned from it, and a new conversation that remembers.
 *
 *     npx node examples/chat.ts
 */

const { client, token } = await signUp('Chat example');

/** Sends a message and prints the answer while it comes. Returns the finished message. */
async function say(message: string, conversationId?: string) {
  console.log(`\n> ${message}`);
  const response = await fetch(`${SERVER}/api/v1/chat/message`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    // The same client_id again would join this answer and send nothing.
    body: JSON.stringify({ message, conversation_id: conversationId, client_id: crypto.randomUUID() }),
  });
  if (!response.ok || response.body === null) throw new Error(`The message was answered ${response.status}`);
  const frames = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of frames) {
    const content = JSON.parse(data);
    if (event === 'token') process.stdout.write(content.content);
    if (event === 'tool_start') console.log(`\n[${content.tool}]`);
    if (event === 'end') return content.message as { id: string; conversation_id: string };
  }
  // The answer goes on without us: GET /api/v1/chat/messages/{id}/events joins it.
  throw new Error('The connection ended before the answer');
}

const first = await say('I always prefer PostgreSQL.');
await say('What is 12.5 * 4?', first.conversation_id);

/** What was learned is proposed under the answer a moment later; nothing is remembered before somebody keeps it. */
async function proposed(id: string) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const { learned } = resultOf(await client.GET('/api/v1/chat/messages/{id}', { params: { path: { id } } }));
    if (learned.length > 0) return learned;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return [];
}

for (const { id, text } of await proposed(first.id)) {
  resultOf(await client.POST('/api/v1/chat/learned/{id}', { params: { path: { id } }, body: { decision: 'keep' } }));
  console.log(`\nkept: ${text}`);
}

const { id } = await say('Do I prefer PostgreSQL or MySQL?');
const { memory } = resultOf(await client.GET('/api/v1/chat/messages/{id}', { params: { path: { id } } }));
for (const { ref, text, cited } of memory) console.log(`\n${ref}${cited ? ' (cited)' : ''}: ${text}`);
