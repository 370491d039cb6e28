import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBench, type RunBench, waitFor } from './bench.ts';
import { byNode, draft, submits } from './plan-script.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

it('lets a worker ask while other nodes work; the run waits for input only when no node is at work', async () => {
  const asked = Promise.withResolvers<void>();
  bench.team.perform({
    planner: [submits(draft([{ id: 'A', worker: 'thinker' }, { id: 'B' }]))],
    thinker: [
      {
        text: 'I ask.',
        toolCalls: [{ name: 'ask_person', arguments: { question: 'Red or blue?', options: ['red', 'blue'] } }],
      },
      (request) => {
        const last = request.messages.at(-1);
        return { text: last?.role === 'tool' ? (last.results[0]?.output ?? '') : '' };
      },
    ],
    summarizer: [byNode({ B: () => asked.promise.then(() => ({ text: 'B is done' })) })],
  });
  const id = await bench.startRun();
  const [question] = await waitFor('the question', async () => {
    const { questions, status } = await bench.run(id);
    return questions.length > 0 && status === 'running' && questions;
  });
  expect(question).toMatchObject({ text: 'Red or blue?', options: ['red', 'blue'], node_id: 'A' });
  asked.resolve();
  await bench.runEnded(id, 'waiting_input');
  const waiting = await bench.run(id);
  expect(waiting.graph.nodes.map((node: { id: string; status: string }) => [node.id, node.status])).toEqual([
    ['plan', 'completed'],
    ['A', 'waiting_input'],
    ['B', 'completed'],
  ]);
  const answer = await bench.server.call('POST', `/api/v1/runs/${id}/input`, {
    token: bench.person.token,
    body: { node_id: 'A', response: 'blue' },
  });
  expect(answer.status).toBe(202);
  const run = await bench.runEnded(id);
  expect(run.result).toContain('The person answered:\nblue');
});

it('a run that waits for a person holds no slot, and goes on after the answer although others took them', async () => {
  const { token } = bench.person;
  await bench.server.call('PATCH', '/api/v1/tenant', { token, body: { max_concurrent_sprints: 1 } });
  const ask = { text: '', toolCalls: [{ name: 'ask_person', arguments: { question: 'Red or blue?' } }] };
  bench.team.perform({ thinker: [ask, { text: 'Thanks.' }], formatter: [{ text: 'I think', silentAfter: 0 }] });
  const first = await bench.startRun({ agent_type: 'thinker' });
  await bench.runEnded(first, 'waiting_input');
  const second = await bench.startRun({ agent_type: 'formatter' });
  const start = () =>
    bench.server.call('POST', '/api/v1/runs', { token, body: { query: 'Which?', agent_type: 'formatter' } });
  expect(await start()).toMatchObject({
    status: 429,
    body: { detail: expect.stringContaining('raise max_concurrent_sprints with PATCH /api/v1/tenant') },
  });
  const answered = await bench.server.call('POST', `/api/v1/runs/${first}/input`, {
    token,
    body: { response: 'blue' },
  });
  expect(answered.status).toBe(202);
  expect(await bench.runEnded(first)).toMatchObject({ status: 'completed', result: 'Thanks.' });
  await bench.server.call('POST', `/api/v1/runs/${second}/cancel`, { token });
  expect((await start()).status).toBe(202);
});
