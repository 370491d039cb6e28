import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, SMALL_APP_FILES, smallApp } from '../support/team-script.ts';
import { numbersOf, oneTo, openBench, type RunBench } from './bench.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

it('runs a sprint through the real SDK: workers overlap, a turn has several calls, files and logs are complete', async () => {
  const sprint = await bench.play(smallApp(150));
  expect(sprint).toMatchObject({
    status: 'completed',
    error: null,
    scripted: false,
    result: 'The notes app is there: backend/server.js and frontend/index.html.',
  });
  expect(sprint.workers.map((worker: { name: string; status: string }) => [worker.name, worker.status])).toEqual([
    ['plan', 'completed'],
    ['backend', 'completed'],
    ['frontend', 'completed'],
    ['summary', 'completed'],
  ]);

  const intervals = (role: 'backend' | 'frontend') =>
    bench.team.of(role).map(({ request }) => [request.startedAt, request.endedAt ?? 0] as const);
  const overlaps = intervals('backend').some(([start, end]) =>
    intervals('frontend').some(([from, to]) => start < to && from < end),
  );
  expect(overlaps).toBe(true);

  const lines = await bench.logs(sprint.id);
  expect(numbersOf(lines)).toEqual(oneTo(lines.length));
  expect(lines.at(0)?.type).toBe('run_started');
  expect(lines.at(-1)?.type).toBe('run_completed');
  const firstTurn = lines.find((line) => line.type === 'turn_completed' && line.source === 'backend');
  expect(firstTurn?.data.tool_calls).toEqual(['write_file', 'write_file', 'list_files']);
  // The third call of the turn sees the effects of the first two.
  const listed = lines.find(
    (line) => line.type === 'tool_completed' && line.source === 'backend' && line.data.tool === 'list_files',
  );
  expect(listed?.data.output).toContain('backend/server.js');

  const { body: files } = await bench.server.call('GET', `/api/v1/sprints/${sprint.id}/files`, {
    token: bench.person.token,
  });
  expect(files.items.map((file: { path: string }) => file.path)).toEqual(Object.keys(SMALL_APP_FILES));
  expect(bench.team.asked.filter(({ role }) => role !== 'memory').length).toBe(2 + 3 + 4 + 2);
});

it('returns the results of tools to the model in order, with the ids of its calls', async () => {
  await bench.play({
    ...smallApp(),
    backend: [
      {
        text: '',
        toolCalls: [
          { ...call('write_file', { path: 'a.txt', content: 'eins' }), id: 'one' },
          { ...call('read_file', { path: 'a.txt' }), id: 'two', signature: 'c2ln' },
        ],
      },
      { text: 'done' },
    ],
    frontend: [{ text: 'done' }],
  });
  const [second] = bench.team.of('backend', 1);
  const results = second?.request.messages.at(-1);
  const asked = second?.request.messages.at(-2);
  expect(asked).toMatchObject({ role: 'assistant', toolCalls: [{ id: 'one' }, { id: 'two', signature: 'c2ln' }] });
  expect(results).toMatchObject({
    role: 'tool',
    results: [
      { id: 'one', name: 'write_file', isError: false },
      { id: 'two', name: 'read_file', isError: false },
    ],
  });
  expect(results?.role === 'tool' && results.results[1]?.output).toContain('eins');
});
