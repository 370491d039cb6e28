import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ScriptedRequest } from '../../support/scripted-provider.ts';
import { call } from '../../support/team-script.ts';
import { type ChatBench, openChat, textOf } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
});
afterAll(() => bench.close());

it('answers once for five concurrent and one later delivery of its task', async () => {
  bench.team.perform({
    assistant: [{ text: 'I count.', toolCalls: [call('calculator', { expression: '1 + 1' })] }, { text: 'Two.' }],
  });
  const { body } = await bench.say('Count');
  const [task] = await bench.asOwner<{ payload: unknown }>(
    `select jsonb_build_object('tenant_id', n.tenant_id, 'run_id', n.run_id, 'node_id', n.id, 'generation', 1) as payload
     from run_nodes n where n.run_id = $1`,
    [body.message.run_id],
  );
  const asked = bench.team.of('assistant').length;
  const again = await Promise.all(
    Array.from({ length: 5 }, () => bench.server.invoke('chat-take-answer', task?.payload)),
  );
  again.push(await bench.server.invoke('chat-take-answer', task?.payload));
  expect(again.map(({ status }) => status)).toEqual(Array(6).fill(200));
  expect(bench.team.of('assistant')).toHaveLength(asked);
  const [booked] = await bench.asOwner(
    `select count(*)::integer as lines from usage_ledger where run_id = $1 and kind = 'turn'`,
    [body.message.run_id],
  );
  expect(booked).toEqual({ lines: 2 });
});

it('gives the model a refusal as a value: an address that nobody has named is not fetched', async () => {
  bench.team.perform({
    assistant: [
      { text: 'I fetch.', toolCalls: [call('web_fetch', { url: 'https://example.com/never-named' })] },
      { text: 'I may not.' },
    ],
  });
  const { body } = await bench.say('Fetch something');
  expect(body.message.parts[1]).toMatchObject({ tool: 'web_fetch', is_error: true });
  expect(body.message.content).toBe('I fetch.\n\nI may not.');
});

/** Answers a question about a fact with what the request contains of it, and nothing else. */
function answerFromInput({ messages }: ScriptedRequest) {
  const texts = messages.map((message) => ('text' in message ? message.text : ''));
  const number = /number (\d+)/.exec(texts.at(-1) ?? '')?.[1];
  const found = new RegExp(`code ${number} is (\\w+)`).exec(texts.join('\n'))?.[1];
  return { text: found === undefined ? 'I do not know.' : `It is ${found}.` };
}

it('still knows facts of the beginning of 200 messages in a small window, and pays for each summary once', async () => {
  bench.team.perform({ assistant: [{ text: 'Noted.' }] });
  await bench.setWindow(8_000);
  const { body } = await bench.say('Let us begin.');
  const id = body.conversation_id;
  await bench.fill(id, 198, (index) =>
    index < 20 ? `The secret code ${index} is W${index}ORD.` : `Message ${index}. ${'Much was said. '.repeat(20)}`,
  );
  bench.team.perform({ assistant: [answerFromInput], condenser: [summariseFromInput] });
  const known = await bench.say('What is number 7?', { conversation_id: id });
  expect(known.body.message.content).toBe('It is W7ORD.');
  const summaries = bench.team.of('condenser').length;
  expect(summaries).toBeGreaterThan(0);
  const { context } = known.body.message;
  expect(context).toMatchObject({ window: 8_000, strategy: 'structured_summary' });
  expect(context.condensed[0].message_ids.length).toBeGreaterThan(20);
  expect((await bench.say('What is number 13?', { conversation_id: id })).body.message.content).toBe('It is W13ORD.');
  expect(bench.team.of('condenser').length).toBeLessThanOrEqual(summaries + 1);
  const [booked] = await bench.asOwner(`select count(*)::integer as lines from usage_ledger where kind = 'summary'`);
  expect(booked).toEqual({ lines: bench.team.of('condenser').length });
});

/** Writes a summary whose facts are the lines of the input that state one. */
function summariseFromInput({ messages }: ScriptedRequest) {
  const text = messages.map((message) => ('text' in message ? message.text : '')).join('\n');
  return { text: JSON.stringify({ facts: [...new Set(text.match(/The secret code \d+ is \w+\./g) ?? [])] }) };
}

it('sends no call without a result, and no note of ours, after answers that failed', async () => {
  const unreadable = { toolCalls: [{ name: 'calculator', rawArguments: '{"expression": ' }] };
  bench.team.perform({ assistant: [unreadable] });
  const { body } = await bench.say('Break');
  expect(body.message).toMatchObject({ status: 'failed', content: '' });
  bench.team.perform({ assistant: [{ text: '' }] });
  expect((await bench.say('Be silent', { conversation_id: body.conversation_id })).body.message.status).toBe('failed');
  bench.team.perform({ assistant: [{ text: 'Well.' }] });
  await bench.say('Go on', { conversation_id: body.conversation_id });
  const told = bench.team.of('assistant').at(-1)?.request.messages ?? [];
  const calls = told.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : []));
  const results = told.flatMap((message) => (message.role === 'tool' ? message.results : []));
  expect(calls.length).toBeGreaterThan(0);
  expect(results).toHaveLength(calls.length);
  expect(told.filter(({ role }) => role === 'user').map((message) => 'text' in message && message.text)).toEqual([
    'Break',
    'Be silent',
    'Go on',
  ]);
});

it('streams a character whole that the provider cut into two pieces', async () => {
  bench.team.perform({ assistant: [{ chunks: ['a\ud83d', '\ude00b'] }] });
  const stream = await bench.open('/chat/message', { body: { message: 'Smile' } });
  expect(textOf(await stream.until(() => false))).toBe('a😀b');
});
