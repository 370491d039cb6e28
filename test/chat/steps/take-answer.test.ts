import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../../support/team-script.ts';
import { type ChatBench, openChat } from '../bench.ts';

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
  const [booked] = await bench.asOwner('select count(*)::integer as lines from usage_ledger where run_id = $1', [
    body.message.run_id,
  ]);
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
