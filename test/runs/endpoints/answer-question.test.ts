import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBench, type RunBench } from '../bench.ts';
import { byNode, draft, submits } from '../plan-script.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const answer = (id: string, node: string, response: string, token = bench.person.token) =>
  bench.server.call('POST', `/api/v1/runs/${id}/input`, { token, body: { node_id: node, response } });

const UNSURE = draft([{ id: 'A' }], { confidence: 0.4, ambiguities: ['Which year?', 'In which currency?'] });

async function askedRun() {
  bench.team.perform({
    planner: [submits(UNSURE), submits(draft([{ id: 'A' }], { confidence: 0.5, ambiguities: ['Really?'] }))],
    summarizer: [byNode()],
  });
  const id = await bench.startRun();
  await bench.runEnded(id, 'waiting_input');
  return id;
}

describe('a planner that is not sure', () => {
  it('asks the person first, once; the answer reaches it, and the run goes on', async () => {
    const id = await askedRun();
    const waiting = await bench.run(id);
    expect(waiting.questions).toMatchObject([
      { node_id: 'plan', kind: 'question', text: 'Which year?\nIn which currency?', tool: 'submit_plan' },
    ]);
    expect(waiting.graph.nodes).toMatchObject([{ id: 'plan', status: 'waiting_input' }]);
    const answered = await answer(id, 'plan', '2025, in euros');
    expect(answered.status).toBe(202);
    expect(answered.body).toMatchObject({ status: 'running', questions: [] });
    expect(await bench.runEnded(id)).toMatchObject({ status: 'completed', confidence: 0.5, ambiguities: ['Really?'] });
    const last = bench.team.of('planner', 1)[0]?.request.messages.at(-1);
    expect(last?.role === 'tool' && last.results[0]?.output).toContain('2025, in euros');
    const types = (await bench.logs(id)).map((line) => line.type);
    expect(types.filter((type) => type === 'input_requested' || type === 'input_received')).toEqual([
      'input_requested',
      'input_received',
    ]);
  });

  it('takes exactly one answer, of twenty at once too', async () => {
    const id = await askedRun();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => answer(id, 'plan', `answer ${index}`)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([202, ...Array.from({ length: 19 }, () => 409)]);
    await bench.runEnded(id);
    expect((await answer(id, 'plan', 'late')).status).toBe(409);
    const [row] = await bench.asOwner<{ answers: number }>(
      `select count(*) as answers from run_events where run_id = $1 and type = 'input_received'`,
      [id],
    );
    expect(row?.answers).toBe(1);
  });

  it('days later too: nothing is held meanwhile, and no sweep touches it', async () => {
    const id = await askedRun();
    await bench.asOwner(`update sessions set created_at = now() - interval '9 days' where id = $1`, [id]);
    await bench.asOwner(`update run_questions set created_at = now() - interval '9 days' where run_id = $1`, [id]);
    for (const timer of ['runs-sweep-stalled', 'runs-sweep-outbox', 'runs-expire-questions'])
      await bench.server.invoke(timer);
    const [node] = await bench.asOwner<{ lease_until: string | null; status: string }>(
      'select lease_until, status from run_nodes where run_id = $1',
      [id],
    );
    expect(node).toEqual({ lease_until: null, status: 'waiting_input' });
    expect((await answer(id, 'plan', 'after nine days')).status).toBe(202);
    expect(await bench.runEnded(id)).toMatchObject({ status: 'completed' });
  });

  it('goes on without an answer when the question expires', async () => {
    const id = await askedRun();
    await bench.asOwner(`update run_questions set expires_at = now() - interval '1 second' where run_id = $1`, [id]);
    expect((await answer(id, 'plan', 'too late')).status).toBe(409);
    const { body } = await bench.server.invoke('runs-expire-questions');
    expect(body).toMatchObject({ expired_questions: 1, failed: 0 });
    expect((await bench.server.invoke('runs-expire-questions')).body).toMatchObject({ expired_questions: 0 });
    expect(await bench.runEnded(id)).toMatchObject({ status: 'completed' });
    const last = bench.team.of('planner', 1)[0]?.request.messages.at(-1);
    expect(last?.role === 'tool' && last.results[0]?.output).toContain('Nobody answered in time');
  });

  it('a cancelled run takes its question back', async () => {
    const id = await askedRun();
    const token = bench.person.token;
    expect((await bench.server.call('POST', `/api/v1/runs/${id}/cancel`, { token })).status).toBe(202);
    expect((await answer(id, 'plan', 'yes')).status).toBe(409);
    expect(await bench.run(id)).toMatchObject({ status: 'cancelled', questions: [] });
  });

  it('is answered by nobody of another tenant, and for no node that is not there', async () => {
    const id = await askedRun();
    const stranger = await bench.server.signUp('Eve');
    expect((await answer(id, 'plan', 'x', stranger.token)).status).toBe(404);
    expect((await answer(id, 'nowhere', 'x')).status).toBe(404);
    expect((await answer(id, 'plan', ' ')).status).toBe(422);
    expect((await answer(id, 'plan', 'ok')).status).toBe(202);
    await bench.runEnded(id);
  });
});

describe('ask_person', () => {
  it('a worker asks in the middle of its work while others go on; the run waits for input only when nobody works', async () => {
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
      summarizer: [byNode({ B: { text: 'B is done', delayMs: 800 } })],
    });
    const id = await bench.startRun();
    await bench.runEnded(id, 'waiting_input');
    const waiting = await bench.run(id);
    expect(waiting.graph.nodes.map((node: { id: string; status: string }) => [node.id, node.status])).toEqual([
      ['plan', 'completed'],
      ['A', 'waiting_input'],
      ['B', 'completed'],
    ]);
    expect(waiting.questions).toMatchObject([{ text: 'Red or blue?', options: ['red', 'blue'], node_id: 'A' }]);
    expect((await answer(id, 'A', 'blue')).status).toBe(202);
    const run = await bench.runEnded(id);
    expect(run.result).toContain('The person answered:\nblue');
  });
});
