import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, smallApp, write } from '../support/team-script.ts';
import { numbersOf, oneTo, openBench, type RunBench } from './bench.ts';

/** A call is announced before it runs, in a transaction that is written anyway. */
let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

it('announces each call once, before its result, without the content that it writes', async () => {
  const run = await bench.play(smallApp());
  const lines = await bench.logs(run.id);
  expect(numbersOf(lines)).toEqual(oneTo(lines.length));
  const keyOf = ({ data }: { data: Record<string, unknown> }) => `${data.node} ${data.turn} ${data.index} ${data.tool}`;
  const started = lines.filter(({ type }) => type === 'tool_started');
  const completed = lines.filter(({ type }) => type === 'tool_completed');
  expect(started.map(keyOf).toSorted()).toEqual(completed.map(keyOf).toSorted());
  expect(new Set(started.map(keyOf)).size).toBe(started.length);
  for (const one of completed) {
    const start = started.find((line) => keyOf(line) === keyOf(one));
    expect(start?.seq, keyOf(one)).toBeLessThan(one.seq);
  }
  expect(started.find(({ data }) => data.node === 'backend')).toMatchObject({
    level: 'debug',
    source: 'backend',
    message: 'write_file backend/server.js',
    data: { node: 'backend', turn: 0, index: 0, tool: 'write_file' },
  });
  expect(JSON.stringify(started)).not.toContain('createServer');
});

it('shows the call that is under way, and announces only the calls that are reached', async () => {
  const asks = call('ask_person', { question: 'Which of the two?' });
  bench.team.perform({ coder: [{ text: 'I ask.', toolCalls: [write('a.txt', 'a'), asks, write('b.txt', 'b')] }] });
  const id = await bench.startRun({ agent_type: 'coder' });
  await bench.runEnded(id, 'waiting_input');
  const lines = (await bench.logs(id)).filter(({ type }) => type.startsWith('tool_'));
  expect(lines.map(({ type, data }) => `${type} ${data.tool}`)).toEqual([
    'tool_started write_file',
    'tool_completed write_file',
    'tool_started ask_person',
  ]);
  await bench.server.call('POST', `/api/v1/runs/${id}/cancel`, { token: bench.person.token });
});
