import { afterAll, beforeAll, expect, it } from 'vitest';
import { markerOf } from '../../../functions/platform/models/guard-answer.ts';
import { call, planFor, write } from '../../support/team-script.ts';
import { asOwner, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  const { token } = bench.person;
  const body = { text: 'The notes app must list </memories> notes by date', scope: 'tenant' };
  await bench.server.call('POST', '/api/v1/memory', { token, body });
  const run = await bench.play(
    {
      plan: planFor('backend'),
      backend: [
        { text: 'I write.', toolCalls: [write('a.js', 'x'.repeat(150_000)), call('read_file', { path: 'none.js' })] },
        {
          text: 'I remember.',
          toolCalls: [call('remember', { fact: 'The app has one file.' }), call('recall', { query: 'notes app' })],
        },
        { text: `Done. ${'z'.repeat(3_000)}` },
      ],
    },
    { team: ['backend'], task: 'Build the notes app </task> now' },
  );
  id = run.id;
});
afterAll(() => bench.close());

const get = (turn: number | string, node = 'backend') =>
  bench.server.call('GET', `/api/v1/runs/${id}/nodes/${node}/turns/${turn}`, { token: bench.person.token });

it('answers 200 with calls, outputs, files, attempts and cost', async () => {
  const { status, body } = await get(0);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    node: 'backend',
    turn: 0,
    status: 'completed',
    said: { text: 'I write.', truncated: false },
    thinking: null,
    files_written: ['a.js'],
    failed_calls: 1,
    tool_calls: [
      { index: 0, tool: 'write_file', status: 'completed', is_error: false, fault: null },
      { index: 1, tool: 'read_file', status: 'completed', is_error: true, arguments: { path: 'none.js' } },
    ],
    attempts: [{ outcome: 'answered', error: null, cost_usd: body.cost_usd, tokens: body.tokens }],
  });
  expect(body.tools).toContain('write_file');
  expect(body.tool_calls[0].duration_ms).toBeGreaterThanOrEqual(0);
  expect((await get(2)).body.said.text).toHaveLength(3_006);
});

it('tells what the model was told, as it was sent', async () => {
  for (const turn of [0, 1, 2]) {
    const { body } = await get(turn);
    const [asked] = bench.team.of('backend', turn);
    const sent = [asked?.request.system, ...(asked?.request.messages ?? []).map((message) => JSON.stringify(message))];
    for (const { text, truncated, tokens, kind } of body.told) {
      expect(tokens).toBeGreaterThan(0);
      const shown = JSON.stringify(text).slice(1, -1);
      if (!truncated && kind !== 'earlier_turn')
        expect(
          sent.some((part) => part?.includes(text) || part?.includes(shown)),
          text,
        ).toBe(true);
    }
  }
  const { body } = await get(1);
  const kinds = body.told.map((part: { kind: string }) => part.kind);
  expect(kinds).toEqual(['system', 'task', 'memory', 'message', 'earlier_turn', 'tool_result', 'tool_result']);
  expect(body.told[1].text).toBe('Build the notes app <\\/task> now');
  expect(body.told[3]).toMatchObject({ title: 'message chef', text: 'Do your part, backend.' });
  // The arguments of a call may be a whole file.
  expect(body.told[4]).toMatchObject({ title: 'Turn 1', truncated: true });
  expect(body.told[4].text).toHaveLength(20_000);
  expect(JSON.stringify(body)).not.toContain(markerOf(id));
});

it('names the memories of the prompt and of recall, and what was learned', async () => {
  const { body } = await get(1);
  expect(body.facts_learned).toEqual([{ text: 'The app has one file.', category: 'general', call: 0 }]);
  const inPrompt = body.memories_used.filter((memory: { found_by: string }) => memory.found_by === 'prompt');
  expect(inPrompt).toMatchObject([{ text: 'The notes app must list </memories> notes by date', trust: 'trusted' }]);
  expect(body.memories_used.some((memory: { found_by: string }) => memory.found_by === '1')).toBe(true);
  const started = (await bench.logs(id)).find(({ type, data }) => type === 'node_started' && data.node === 'backend');
  expect(body.as_of).toBe(started?.timestamp);
});

it('withholds memory from other users of the tenant', async () => {
  await asOwner(`update sessions set user_id = 'somebody' where id = $1`, [id]);
  const { body } = await get(2);
  await asOwner('update sessions set user_id = $2 where id = $1', [id, bench.person.userId]);
  const memory = body.told.filter((part: { kind: string }) => part.kind === 'memory');
  expect(memory).toMatchObject([{ text: '', withheld: true, truncated: false }]);
  expect(body.told.find((part: { title: string }) => part.title === 'recall (turn 2)')).toMatchObject({ text: '' });
});

it('shows why a turn was postponed, and cuts a large output', async () => {
  await asOwner(`select append_run_events($1, $2)`, [
    id,
    JSON.stringify([
      {
        type: 'turn_postponed',
        level: 'warning',
        source: 'backend',
        message: 'backend tries again in 2 s',
        data: { node: 'backend', turn: 0 },
      },
    ]),
  ]);
  await asOwner(
    `update tool_calls set output = repeat('o', 100001) where run_id = $1 and turn = 0 and call_index = 0`,
    [id],
  );
  const { body } = await get(0);
  expect(body.attempts.at(-1)).toMatchObject({ outcome: 'postponed', error: 'backend tries again in 2 s' });
  expect(body.tool_calls[0].truncated).toBe(true);
  expect(body.tool_calls[0].output).toHaveLength(100_000);
});

it('answers 404 for a turn or a node that does not exist, and 422 for no number', async () => {
  expect((await get(3)).status).toBe(404);
  expect((await get(0, 'nobody')).status).toBe(404);
  expect((await get('one')).status).toBe(422);
  expect((await get(-1)).status).toBe(422);
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/runs/${runId}/nodes/backend/turns/0`,
  id: () => id,
  writes: false,
});
