import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChatBench, openChat } from '../chat/bench.ts';
import { call } from '../support/team-script.ts';
import { connectWith } from './socket-client.ts';

let bench: ChatBench;
let url: string;
beforeAll(async () => {
  bench = await openChat();
  url = `${bench.server.url}/api/v1/ws`;
});
afterAll(() => bench.close());

it('answers a chat frame with the events and numbers of the HTTP stream; the conversation’s channel tells of it', async () => {
  bench.team.perform({
    assistant: [
      { text: 'I compute.', toolCalls: [call('calculator', { expression: '6 * 7' })] },
      { text: 'It is 42.' },
    ],
  });
  const client = await connectWith(url, bench.person.token);
  client.send({ type: 'chat', message: 'What is 6 * 7?' });
  const { conversation_id: id, message_id: answer } = await client.ofType('start');
  const end = await client.ofType('end');
  expect(end.message).toMatchObject({ id: answer, status: 'complete', content: 'I compute.\n\nIt is 42.' });
  expect(await client.ofType('tool_complete')).toMatchObject({ tool: 'calculator', output: '42', conversation_id: id });
  const told = await (await bench.open(`/chat/messages/${answer}/events`)).until(() => false);
  const numbers = (frames: { type: string; seq?: number }[]) =>
    frames.flatMap(({ type, seq }) => (seq === undefined || type === 'subscribed' ? [] : [[seq, type]]));
  expect(numbers(client.frames)).toEqual(
    told.flatMap(({ id: seq, event }) => (seq === undefined ? [] : [[seq, event]])),
  );
  client.send({ type: 'subscribe', channel: `conversation:${id}`, after: 0 });
  const ended = await client.ofType('answer_ended');
  expect(ended).toMatchObject({ channel: `conversation:${id}`, conversation_id: id, message_id: answer, seq: 3 });
  client.socket.close();
});

it('answers an error frame for another user’s conversation and for a wrong frame, and stays connected', async () => {
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
  const { body } = await bench.say('Mine');
  const client = await connectWith(url, (await bench.server.signUp()).token);
  client.send({ type: 'chat', message: 'Hers', conversation_id: body.conversation_id });
  expect(await client.ofType('error')).toMatchObject({ error: 'not-found' });
  client.send({ type: 'subscribe', channel: `conversation:${body.conversation_id}` });
  client.send({ type: 'chat', message: '' });
  await client.until(({ error }) => error === 'invalid-request');
  client.send({ type: 'ping' });
  await client.ofType('pong');
  expect(client.frames.filter(({ type }) => type === 'error').map(({ error }) => error)).toEqual([
    'not-found',
    'not-found',
    'invalid-request',
  ]);
  client.socket.close();
});

it('goes on with the answer when the connection ends', async () => {
  const gate = Promise.withResolvers<void>();
  bench.team.perform({ assistant: [{ text: 'First and second.', hold: { before: 1, until: gate.promise } }] });
  const client = await connectWith(url, bench.person.token);
  client.send({ type: 'chat', message: 'Go on without me' });
  const { message_id: id, run_id: run } = await client.ofType('token');
  client.socket.terminate();
  gate.resolve();
  await bench.runEnded(run);
  expect((await bench.get(`/chat/messages/${id}`)).body).toMatchObject({
    status: 'complete',
    content: 'First and second.',
  });
});
