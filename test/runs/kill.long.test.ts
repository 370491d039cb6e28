import { afterEach, expect, it } from 'vitest';
import type { LogLine } from '../../functions/runs/events/event.ts';
import { hasSandbox } from '../support/bubblewrap.ts';
import { createKiller, type Moment } from '../support/killer.ts';
import { type LocalServer, startLocalServer, waitFor } from '../support/local-server.ts';
import {
  call,
  type Play,
  type Role,
  type ScriptedTeam,
  startTeam,
  type TeamRequest,
  tell,
  write,
} from '../support/team-script.ts';
import { asOwner, numbersOf, oneTo } from './bench.ts';

let team: ScriptedTeam | undefined;
let server: LocalServer | undefined;
afterEach(async () => {
  await server?.kill();
  await team?.gemini.close();
});

/** All effects of this sprint can be counted: files have versions, commands append, messages and memories are rows. */
const PLAY: Play = {
  plan: [
    { text: 'Go.', toolCalls: [tell('backend', 'Build the API.'), tell('frontend', 'Build the page.')] },
    { text: 'The plan stands.' },
  ],
  backend: [
    {
      text: 'Files.',
      toolCalls: [
        write('api.js', 'export const api = 1;\n'),
        call('run_command', { command: 'echo built >> log.txt' }),
        write('data.json', '{}\n'),
      ],
    },
    {
      text: 'More.',
      toolCalls: [
        call('edit_file', { path: 'api.js', old_text: 'api = 1', new_text: 'api = 2' }),
        call('run_command', { command: 'echo again >> log.txt' }),
      ],
    },
    {
      text: 'Word.',
      toolCalls: [tell('frontend', 'The API stands.'), call('remember', { fact: 'The API is called api.' })],
    },
    { text: 'The API is done.' },
  ],
  frontend: [
    { text: 'A page.', toolCalls: [write('page.html', '<title>Page</title>\n')] },
    { text: 'I wait.', toolCalls: [call('read_messages', { wait_seconds: 120 })] },
    { text: 'A script.', toolCalls: [write('script.js', 'start();\n')] },
    { text: 'The page is done.' },
  ],
  summary: [{ text: 'I look.', toolCalls: [call('list_files')] }, { text: 'All is done.' }],
};

const TEN_MOMENTS: Moment[] = [
  { key: 'plan 0', at: 'during' },
  { key: 'plan 0', at: 5 },
  { key: 'plan 1', at: 'during' },
  { key: 'backend 0', at: 'during' },
  { key: 'backend 0', at: 30 },
  { key: 'frontend 1', at: 20 },
  { key: 'backend 1', at: 'during' },
  { key: 'frontend 2', at: 0 },
  { key: 'summary 0', at: 15 },
  { key: 'summary 1', at: 5 },
];

/** Runs the sprint and kills the server once at each of the moments. */
async function playWithKills(server: LocalServer, team: ScriptedTeam, moments: readonly Moment[]) {
  const killer = createKiller(server, moments);
  const answer = async ({ role, turn, request }: TeamRequest, line: { text: string }) =>
    (await killer.meet(`${role} ${turn}`, request)) ? line : { delayMs: 60, ...line };
  team.perform(
    Object.fromEntries(
      Object.entries(PLAY).map(([role, lines]) => [
        role,
        lines.map(
          (line, turn) => (request: TeamRequest['request']) =>
            answer({ role: role as Role, turn, request }, line as { text: string }),
        ),
      ]),
    ),
  );
  const token = await server.register();
  const id = await server.startSprint(token, { task: 'Build an app', team: ['backend', 'frontend'] });
  const sprint = await waitFor(
    'the sprint to end',
    async () => {
      if (await killer.quiet()) return undefined;
      const found = await server.call('GET', `/api/v1/sprints/${id}`, { token }).catch(() => undefined);
      return found?.status === 200 && found.body.completed_at !== null && found.body;
    },
    170_000,
  );
  await killer.quiet();
  const logs = (await server.call('GET', `/api/v1/sprints/${id}/logs?limit=200`, { token })).body.items as LogLine[];
  return { id, sprint, logs, kills: killer.kills() };
}

function wallClock({ request }: TeamRequest): number {
  return performance.timeOrigin + request.startedAt;
}

/** Expects that each turn and each call is logged once, and that no recorded turn is asked again. */
function expectNothingTwice(logs: readonly LogLine[], asked: readonly TeamRequest[]): void {
  expect(numbersOf(logs)).toEqual(oneTo(logs.length));
  const turns = logs.filter(({ type }) => type === 'turn_completed');
  const calls = logs.filter(({ type }) => type === 'tool_completed');
  const logged = [
    ...turns.map(({ data }) => `${data.node} ${data.turn}`),
    ...calls.map(({ data }) => `${data.node} ${data.turn} ${data.index}`),
  ];
  expect(logged.toSorted()).toEqual([...new Set(logged)].toSorted());
  const expected = Object.entries(PLAY).flatMap(([role, lines]) =>
    lines.flatMap((line, turn) => [
      `${role} ${turn}`,
      ...((line as { toolCalls?: unknown[] }).toolCalls?.map((_, index) => `${role} ${turn} ${index}`) ?? []),
    ]),
  );
  expect(logged.toSorted()).toEqual(expected.toSorted());
  for (const { data, timestamp } of turns) {
    const recordedAt = Date.parse(timestamp);
    const late = asked.filter(
      (one) => one.role === data.node && one.turn === data.turn && wallClock(one) > recordedAt + 1,
    );
    expect(late.map(wallClock), `${data.node} ${data.turn} was recorded at ${recordedAt}`).toEqual([]);
  }
}

/**
 * A lease is much longer than the test may take, so the sprint ends only if each start ends the leases of the killed
 * process. `npm run faults` measures how long a sprint pauses.
 */
it('after each of ten kill -9 the sprint continues without waiting for a lease, and nothing is done twice', {
  timeout: 200_000,
}, async () => {
  team = await startTeam();
  server = await startLocalServer({
    GEMINI_API_KEY: 'a-key',
    GOOGLE_GEMINI_BASE_URL: team.gemini.url,
    LEASE_SECONDS: '600',
  });
  const { id, sprint, logs, kills } = await playWithKills(server, team, TEN_MOMENTS);
  expect(sprint).toMatchObject({ status: 'completed', result: 'All is done.' });
  expect(kills).toBe(10);
  expectNothingTwice(logs, team.asked);
  // Each kill repeats at most the two requests that were running.
  const turns = logs.filter(({ type }) => type === 'turn_completed').length;
  expect(team.asked.filter(({ role }) => role !== 'memory' && role !== 'comparison').length).toBeLessThanOrEqual(
    turns + 2 * kills,
  );

  // Only one process can open the embedded database.
  await server.kill();
  const files = await asOwner<{ path: string; version: number }>(
    'select path, version from run_files where run_id = $1 order by path',
    [id],
  );
  expect(files).toEqual([
    { path: 'api.js', version: 2 },
    { path: 'data.json', version: 1 },
    // Commands write this file; without a sandbox they are rejected.
    ...(hasSandbox ? [{ path: 'log.txt', version: 2 }] : []),
    { path: 'page.html', version: 1 },
    { path: 'script.js', version: 1 },
  ]);
  const [counts] = await asOwner(
    `select (select count(*) from run_messages where run_id = $1) as messages, (select count(*) from run_messages where run_id = $1 and delivered_at is null) as unread,
      (select count(*) from usage_ledger where run_id = $1 and kind = 'turn') as paid, (select count(*) from model_turns where run_id = $1) as turns,
      (select sum(cost) from usage_ledger where run_id = $1) = s.cost as sums_fit,
      (select coalesce(sum(amount), 0) from call_reservations where run_id = $1)::float8 + s.reserved::float8 as reserved
      from sessions s where id = $1`,
    [id],
  );
  expect(counts).toEqual({ messages: 3, unread: 0, paid: 12, turns: 12, sums_fit: true, reserved: 0 });
});
