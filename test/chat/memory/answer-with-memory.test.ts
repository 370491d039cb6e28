import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../support/local-server.ts';
import { type Person, startServer, type TestServer } from '../../support/server.ts';

/** A whole conversation with the rehearsal, which cites what it is given: memory goes in, and is learned out of it. */

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startServer();
  person = await server.signUp();
}, 60_000);
afterAll(() => server.close());

const call = async (method: string, path: string, body?: unknown) => {
  const sent = {
    token: person.token,
    headers: { accept: 'application/json' },
    ...(body === undefined ? {} : { body }),
  };
  const answer = await server.call(method, `/api/v1${path}`, sent);
  expect(answer.status).toBeLessThan(300);
  return answer.body;
};
const ask = (message: string, conversation_id?: string) => call('POST', '/chat/message', { message, conversation_id });

test('what is learned from one answer is proposed, kept, cited by the next, and left out when it is muted', async () => {
  const first = await ask('I always eat salmon on Fridays.');
  expect(first.message).toMatchObject({ status: 'complete', memory: [] });
  const proposals = await waitFor('the proposals', async () => {
    const { learned } = await call('GET', `/chat/messages/${first.message.id}`);
    return learned.length > 0 && learned;
  });
  // What the rehearsal repeats of it is not proposed again.
  expect(proposals).toMatchObject([{ text: 'I always eat salmon on Fridays.', origin: 'person', status: 'proposed' }]);
  const [proposed] = proposals;
  expect((await ask('What do I eat on Fridays?')).message.memory).toEqual([]);

  const { memory_id: factId } = await call('POST', `/chat/learned/${proposed.id}`, { decision: 'keep' });
  const { conversation_id: id, message } = await ask('What do I eat on Fridays?');
  const note = { ref: 'M1', kind: 'fact', target_id: factId, source_id: first.conversation_id, is_current: true };
  expect(message.content).toContain('[M1]');
  expect(message.memory).toMatchObject([{ ...note, text: proposed.text, cited: true, is_muted: false }]);
  // The trace is in the turn of the run as well, and a fork shows it, too.
  const turn = await call('GET', `/runs/${message.run_id}/nodes/answer/turns/0`);
  expect(turn.memories_used).toMatchObject([{ id: factId, found_by: 'prompt' }]);
  expect(turn.told.map(({ kind }: { kind: string }) => kind)).toContain('memory');
  const fork = await call('POST', `/chat/conversations/${id}/fork`, { message_id: message.id });
  const { items } = await call('GET', `/chat/conversations/${fork.id}/messages`);
  expect(items.at(-1)).toMatchObject({ role: 'assistant', memory: [{ ...note, cited: true }], learned: [] });

  await call('PUT', `/chat/muted-memories/fact/${factId}`);
  expect((await ask('And on Fridays?', id)).message.memory).toEqual([]);
  expect((await call('GET', `/chat/messages/${message.id}`)).memory).toMatchObject([{ is_muted: true }]);

  await call('POST', '/memory/revert', { source_id: first.conversation_id });
  expect((await call('GET', `/chat/messages/${message.id}`)).memory).toEqual([]);
});
