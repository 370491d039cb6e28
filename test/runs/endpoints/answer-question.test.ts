import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { openBench, type RunBench, waitFor } from '../bench.ts';
import { byNode, draft, submits } from '../plan-script.ts';
import { describeRefusals } from './refusals.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const answer = (id: string, node: string, response: string) =>
  bench.server.call('POST', `/api/v1/runs/${id}/input`, {
    token: bench.person.token,
    body: { node_id: node, response },
  });

const UNSURE = draft([{ id: 'A' }], { confidence: 0.4, ambiguities: ['Which year?', 'In which currency?'] });

/** A run whose planner is not sure and asks the user. */
async function askedRun() {
  bench.team.perform({
    planner: [submits(UNSURE), submits(draft([{ id: 'A' }], { confidence: 0.5, ambiguities: ['Really?'] }))],
    summarizer: [byNode()],
  });
  const id = await bench.startRun();
  await bench.runEnded(id, 'waiting_input');
  return id;
}

describe('202', () => {
  it('passes the answer to the planner, which asked once, and the run continues', async () => {
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

  it('accepts an answer after nine days; until then the node holds no lease and no sweep touches it', async () => {
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
});

describe('409', () => {
  it('accepts exactly one of twenty concurrent answers, and none after the end', async () => {
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

  it('rejects an answer after the question has expired', async () => {
    const id = await askedRun();
    await bench.asOwner(`update run_questions set expires_at = now() - interval '1 second' where run_id = $1`, [id]);
    expect((await answer(id, 'plan', 'too late')).status).toBe(409);
    await bench.server.call('POST', `/api/v1/runs/${id}/cancel`, { token: bench.person.token });
  });

  it('rejects an answer after the run was cancelled, which withdraws the question', async () => {
    const id = await askedRun();
    await bench.server.call('POST', `/api/v1/runs/${id}/cancel`, { token: bench.person.token });
    expect((await answer(id, 'plan', 'yes')).status).toBe(409);
    expect(await bench.run(id)).toMatchObject({ status: 'cancelled', questions: [] });
  });
});

describe('a worker that asks twice', () => {
  const ask = (question: string) => ({ name: 'ask_person', arguments: { question } });
  const send = (id: string, body: Record<string, unknown>, key?: string) =>
    bench.server.call('POST', `/api/v1/runs/${id}/input`, {
      token: bench.person.token,
      body,
      ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
    });
  const openQuestion = (id: string, text: string) =>
    waitFor(text, async () => {
      const { questions } = await bench.run(id);
      return questions[0]?.text === text && questions[0];
    });

  async function askedTwice() {
    bench.team.perform({
      thinker: [
        { text: '', toolCalls: [ask('Delete the test data?'), ask('Delete the production data?')] },
        (request) => {
          const last = request.messages.at(-1);
          return { text: last?.role === 'tool' ? last.results.map(({ output }) => output).join('\n') : '' };
        },
      ],
    });
    const id = await bench.startRun({ agent_type: 'thinker' });
    return { id, first: await openQuestion(id, 'Delete the test data?') };
  }

  it('an answer that comes again never answers the second question, however it is sent', async () => {
    const { id, first } = await askedTwice();
    expect((await send(id, { node_id: 'answer', response: 'yes' }, 'click')).status).toBe(202);
    const second = await openQuestion(id, 'Delete the production data?');
    const again = [
      await send(id, { node_id: 'answer', response: 'yes' }, 'click'),
      await send(id, { node_id: 'answer', response: 'yes' }),
      await send(id, { response: 'yes' }),
      await send(id, { question_id: first.id, response: 'yes' }),
      await send(id, { question_id: first.id, response: 'no' }),
      await send(id, { question_id: second.id, node_id: 'plan', response: 'yes' }),
      await send(id, { question_id: second.id, response: 'yes', fingerprint: 'of something else' }),
      await send(id, { question_id: createId('ques'), response: 'yes' }),
    ];
    expect(again.map(({ status }) => status)).toEqual([202, 409, 409, 200, 409, 404, 409, 404]);
    expect(await bench.run(id)).toMatchObject({ status: 'waiting_input', questions: [{ id: second.id }] });
    expect((await send(id, { question_id: second.id, response: 'no' })).status).toBe(202);
    const run = await bench.runEnded(id);
    expect(run.result).toBe('The person answered:\nyes\nThe person answered:\nno');
  });

  it('an answer to a question that nobody answered in time does not answer the next one', async () => {
    const { id, first } = await askedTwice();
    await bench.asOwner(`update run_questions set expires_at = now() - interval '1 second' where run_id = $1`, [id]);
    await bench.server.invoke('runs-expire-questions');
    await openQuestion(id, 'Delete the production data?');
    expect((await send(id, { node_id: 'answer', response: 'yes' })).status).toBe(409);
    expect((await send(id, { question_id: first.id, response: 'yes' })).status).toBe(409);
    expect(await bench.run(id)).toMatchObject({ status: 'waiting_input' });
    await bench.server.call('POST', `/api/v1/runs/${id}/cancel`, { token: bench.person.token });
  });
});

describe('a run that waits', () => {
  let id: string;
  beforeAll(async () => {
    id = await askedRun();
  });

  it('answers 404 for a node that does not exist', async () => {
    expect(await answer(id, 'nowhere', 'x')).toMatchObject({
      status: 404,
      body: { detail: 'The run has no node nowhere.' },
    });
  });

  it('answers 422 for a blank answer', async () => {
    expect((await answer(id, 'plan', ' ')).status).toBe(422);
  });

  it('answers 422 for an approval that is neither approve nor reject', async () => {
    await bench.asOwner(`update run_questions set kind = 'approval' where run_id = $1`, [id]);
    const unclear = ['ok', 'yes please', 'I approve', 'approve-all', 'approve: but first rename it', 'rejecting'];
    for (const response of unclear) expect((await answer(id, 'plan', response)).status, response).toBe(422);
    expect((await answer(id, 'plan', 'reject: not before Monday')).status).toBe(202);
    await bench.server.call('POST', `/api/v1/runs/${id}/cancel`, { token: bench.person.token });
  });

  describeRefusals({
    bench: () => bench,
    method: 'POST',
    path: (runId) => `/api/v1/runs/${runId}/input`,
    body: { node_id: 'plan', response: 'yes' },
    id: () => id,
    writes: true,
  });
});
