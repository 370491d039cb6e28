import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, planFor } from '../support/team-script.ts';
import { asOwner, openBench, type RunBench, waitFor } from './bench.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const secret = 'zyxcode417';
const knows = (turn: { request: { messages: unknown } } | undefined) =>
  JSON.stringify(turn?.request.messages).includes(secret);

it('a worker that has read an erased fact goes on without it, and its answer of that time is not recorded', async () => {
  const told = await bench.play({
    plan: planFor('backend'),
    backend: [
      { text: '', toolCalls: [call('remember', { fact: `The harbour gate opens with ${secret}.` })] },
      { text: 'Kept.' },
    ],
  });
  await waitFor('the first run to be learned', async () => {
    const learned = await asOwner(`select 1 from memory_sessions where id = $1 and status <> 'pending'`, [told.id]);
    return learned.length > 0;
  });
  let erased = false;
  const read = await bench.play({
    plan: planFor('backend'),
    backend: [
      { text: '', toolCalls: [call('recall', { query: 'What opens the harbour gate?' })] },
      { text: '', toolCalls: [call('list_files')] },
      async (request) => {
        if (erased) return { text: 'Done.' };
        erased = true;
        expect(knows({ request })).toBe(true);
        const body = { source_id: told.id };
        const answer = await bench.server.call('POST', '/api/v1/memory/erase', { token: bench.person.token, body });
        expect(answer.status).toBe(200);
        return { text: `The gate opens with ${secret}.` };
      },
    ],
  });
  expect(read.status).toBe('completed');
  expect(bench.team.of('backend', 2).map(knows)).toEqual([true, false]);
  // The run that is the source keeps what it said.
  for (const [table, key] of [
    ['sessions', 'id'],
    ['run_nodes', 'run_id'],
    ['model_turns', 'run_id'],
    ['tool_calls', 'run_id'],
    ['run_events', 'run_id'],
    ['memory_turns', 'session_id'],
  ])
    expect(
      await asOwner(`select to_jsonb(t) from ${table} t where ${key} = $1 and to_jsonb(t)::text like $2`, [
        read.id,
        `%${secret}%`,
      ]),
    ).toEqual([]);
});
