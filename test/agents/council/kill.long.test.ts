import { afterEach, expect, it } from 'vitest';
import type { LogLine } from '../../../functions/runs/events/event.ts';
import { asOwner, numbersOf, oneTo } from '../../runs/bench.ts';
import { createKiller, type Moment } from '../../support/killer.ts';
import { type LocalServer, startLocalServer, waitFor } from '../../support/local-server.ts';
import type { ScriptedRequest } from '../../support/scripted-provider.ts';
import { type ScriptedTeam, startTeam } from '../../support/team-script.ts';
import { closing, members, seatOf, stance } from './bench.ts';

let team: ScriptedTeam | undefined;
let server: LocalServer | undefined;
afterEach(async () => {
  await server?.kill();
  await team?.gemini.close();
});

const NAMES = ['Ada', 'Bo', 'Cy', 'Di', 'Ed'];
const TEN_MOMENTS: Moment[] = [
  { key: 'Ada/1', at: 'during' },
  { key: 'Di/1', at: 3 },
  { key: 'chair/1', at: 'during' },
  { key: 'chair/1', at: 10 },
  { key: 'Ed/2', at: 'during' },
  { key: 'Bo/2', at: 15 },
  { key: 'chair/2', at: 0 },
  { key: 'Cy/3', at: 5 },
  { key: 'chair/3', at: 'during' },
  { key: 'chair/3', at: 5 },
];

const keyOf = (request: ScriptedRequest) => {
  const { name, round } = seatOf(request);
  return `${name || 'chair'}/${round}`;
};

/** Expects that the log is without a gap, that each seat has one turn and one call, and that none is asked after it. */
function expectNothingTwice(logs: readonly LogLine[], asked: readonly ScriptedRequest[]): void {
  expect(numbersOf(logs)).toEqual(oneTo(logs.length));
  const seats = [1, 2, 3].flatMap((round) => [...NAMES.map((name) => `round-${round}/${name}`), `chair-${round}`]);
  for (const type of ['turn_completed', 'tool_completed', 'node_completed'])
    expect(logs.flatMap((line) => (line.type === type ? [String(line.data.node)] : [])).toSorted()).toEqual(
      seats.toSorted(),
    );
  const late = asked.filter((request) => {
    const key = keyOf(request).replace(/^(\w+)\/(\d)$/, (_, name, round) =>
      name === 'chair' ? `chair-${round}` : `round-${round}/${name}`,
    );
    const recorded = logs.find(({ type, data }) => type === 'turn_completed' && data.node === key);
    return performance.timeOrigin + request.startedAt > Date.parse(recorded?.timestamp ?? '') + 1;
  });
  expect(late.map(keyOf)).toEqual([]);
}

/** The lease is longer than the test, so the council ends only if each start goes on where the killed process was. */
it('after each of ten kill -9 a council of five goes on: nobody is asked twice, and each turn is charged once', {
  timeout: 120_000,
}, async () => {
  team = await startTeam();
  server = await startLocalServer({
    GEMINI_API_KEY: 'a-key',
    GOOGLE_GEMINI_BASE_URL: team.gemini.url,
    LEASE_SECONDS: '600',
  });
  const local = server;
  const killer = createKiller(local, TEN_MOMENTS);
  const options = ['Apples', 'Bees'];
  team.perform({
    councillor: [
      async (request) => {
        await killer.meet(keyOf(request), request);
        const { name } = seatOf(request);
        return stance(NAMES.indexOf(name) < 3 ? 'Apples' : 'Bees');
      },
    ],
    chair: [
      async (request) => {
        await killer.meet(keyOf(request), request);
        return closing();
      },
    ],
  });
  const token = await local.register();
  const started = await local.call('POST', '/api/v1/agents/council', {
    token,
    body: { question: 'Which one?', options, agents: members(...NAMES), share_in_village: true },
  });
  expect(started.status).toBe(201);
  const { id, run_id: runId } = started.body;
  const ended = await waitFor(
    'the council to end',
    async () => {
      if (await killer.quiet()) return undefined;
      const found = await local.call('GET', `/api/v1/agents/council/${id}`, { token }).catch(() => undefined);
      return found?.status === 200 && found.body.thread_id !== null && found.body;
    },
    100_000,
  );
  await killer.quiet();
  expect(killer.kills()).toBe(10);
  expect(ended).toMatchObject({ status: 'completed', ended_by: 'rounds', round: 3, score: 0.6 });
  expect(
    ended.held.map((round: { stances: { option: string }[] }) => round.stances.map(({ option }) => option)),
  ).toEqual([1, 2, 3].map(() => ['Apples', 'Apples', 'Apples', 'Bees', 'Bees']));
  const { body: log } = await local.call('GET', `/api/v1/runs/${runId}/logs?limit=200`, { token });
  expectNothingTwice(
    log.items,
    team.asked.filter(({ role }) => role === 'councillor' || role === 'chair').map(({ request }) => request),
  );

  // Only one process can open the embedded database.
  await local.kill();
  const [booked] = await asOwner(
    `select (select count(*)::integer from usage_ledger where run_id = $1 and kind = 'turn') as paid,
      (select count(distinct node_id)::integer from usage_ledger where run_id = $1 and kind = 'turn') as nodes,
      (select count(*)::integer from council_stances where council_id = $2) as stances,
      (select count(*)::integer from village_knowledge where run_id = $1) as shared,
      (select sum(cost) from usage_ledger where run_id = $1) = s.cost as sums_fit
      from sessions s where id = $1`,
    [runId, id],
  );
  expect(booked).toEqual({ paid: 18, nodes: 18, stances: 15, shared: 5, sums_fit: true });
});
