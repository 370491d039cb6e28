import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { createId } from '../../functions/platform/id.ts';
import { MOST_REPLAYS, MOST_WAITING } from '../../functions/runs/lifecycle/replay.ts';
import { asOwner, openBench, type RunBench, waitFor } from '../runs/bench.ts';
import { call } from '../support/team-script.ts';

/** What a run was started with is checked again when it is used, and nobody makes work without bound. */

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const patch = (body: Record<string, unknown>) =>
  bench.server.call('PATCH', '/api/v1/tenant', { token: bench.person.token, body });
const replay = (id: string, body?: unknown) =>
  bench.server.call('POST', `/api/v1/runs/${id}/replay`, { token: bench.person.token, body });

describe('a host that the tenant no longer allows', () => {
  const fetchPage = call('web_fetch', { url: 'https://files.example.org/a' });
  const outputs = async (id: string) =>
    (await bench.logs(id))
      .filter(({ type, data }) => type === 'tool_completed' && data.tool === 'web_fetch')
      .map(({ data }) => String(data.output));

  it('is closed to a run that is under way, and not in its replay', async () => {
    await patch({ allowed_hosts: ['*.example.org', 'other.example.com'] });
    bench.team.perform({
      retriever: [
        { text: '', toolCalls: [fetchPage, call('ask_person', { question: 'Go on?' })] },
        { text: '', toolCalls: [fetchPage] },
        { text: 'done' },
      ],
    });
    const hosts = ['files.example.org', 'other.example.com'];
    const id = await bench.startRun({ agent_type: 'retriever', allowed_hosts: hosts });
    await bench.runEnded(id, 'waiting_input');
    await patch({ allowed_hosts: ['other.example.com'] });
    await bench.server.call('POST', `/api/v1/runs/${id}/input`, {
      token: bench.person.token,
      body: { response: 'yes' },
    });
    await bench.runEnded(id);
    const [before, after] = await outputs(id);
    expect(before).not.toContain(UNKNOWN);
    expect(after).toContain(UNKNOWN);

    const { body } = await replay(id);
    expect(body.allowed_hosts).toEqual(['other.example.com']);
    const [started] = await bench.logs(body.id);
    expect(started?.data).toMatchObject({ dropped_hosts: ['files.example.org'] });
    await bench.server.call('POST', `/api/v1/runs/${body.id}/cancel`, { token: bench.person.token });
  });

  it('is noticed by a claim that goes on, with the renewal of its lease', async () => {
    await patch({ allowed_hosts: ['files.example.org'] });
    bench.team.perform({
      retriever: [
        async () => {
          await patch({ allowed_hosts: [] });
          const [node] = await asOwner<{ lease_until: string }>('select lease_until from run_nodes where run_id = $1', [
            id,
          ]);
          await waitFor('a renewal', async () => {
            const [now] = await asOwner<{ lease_until: string }>(
              'select lease_until from run_nodes where run_id = $1',
              [id],
            );
            return now?.lease_until !== node?.lease_until;
          });
          return { text: '', toolCalls: [fetchPage] };
        },
        { text: 'done' },
      ],
    });
    const id: string = await bench.startRun({ agent_type: 'retriever', allowed_hosts: ['files.example.org'] });
    await bench.runEnded(id);
    expect((await outputs(id))[0]).toContain(UNKNOWN);
  });
});

/** What the tool says about an address that nothing has opened to the run. */
const UNKNOWN = 'was not opened';

describe('replays', () => {
  const endedRun = async (more: { replayOf?: string; waits?: boolean } = {}) => {
    const id = createId('run');
    await asOwner(
      `insert into sessions (id, tenant_id, user_id, query, status, agent_type, replay_of, admitted_at)
        values ($1, $2, $3, 'x', $4, 'thinker', $5, case when not $6 then now() end)`,
      [
        id,
        bench.person.tenantId,
        bench.person.userId,
        more.waits ? 'queued' : 'failed',
        more.replayOf,
        more.waits ?? false,
      ],
    );
    return id;
  };

  it('409 for a run that was replayed too often, and for the end of a long chain of replays', async () => {
    const original = await endedRun();
    for (let count = 0; count < MOST_REPLAYS; count += 1) await endedRun({ replayOf: original });
    expect((await replay(original)).status).toBe(409);
    let last = await endedRun();
    for (let depth = 0; depth < MOST_REPLAYS; depth += 1) last = await endedRun({ replayOf: last });
    expect((await replay(last)).status).toBe(409);
    const bulk = await bench.server.call('POST', '/api/v1/runs/replay', {
      token: bench.person.token,
      body: { again: true, limit: 1, error_contains: 'no such error' },
    });
    expect(bulk.body).toEqual({ replays: [], more: false });
  });

  it('429 while too many of the tenant wait for a slot', async () => {
    const original = await endedRun();
    const waiting = await Promise.all(Array.from({ length: MOST_WAITING }, () => endedRun({ waits: true })));
    const refused = await replay(original);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    await asOwner('delete from sessions where id = any ($1)', [waiting]);
  });
});

describe('the limits of the operator', () => {
  const { MAX_CONCURRENT_RUNS, MAX_PARALLEL_NODES, MAX_BUDGET_USD_PER_DAY } = environment;
  afterAll(() => Object.assign(environment, { MAX_CONCURRENT_RUNS, MAX_PARALLEL_NODES, MAX_BUDGET_USD_PER_DAY }));

  it('422 for a setting above them', async () => {
    Object.assign(environment, { MAX_CONCURRENT_RUNS: 5, MAX_PARALLEL_NODES: 6, MAX_BUDGET_USD_PER_DAY: 7 });
    for (const [name, most] of [
      ['max_concurrent_sprints', 5],
      ['max_parallel_nodes', 6],
      ['budget_usd_per_day', 7],
    ] as const) {
      const refused = await patch({ [name]: most + 1 });
      expect([refused.status, refused.body.errors]).toEqual([
        422,
        [{ path: `body.${name}`, message: `must be at most ${most}` }],
      ]);
      expect((await patch({ [name]: most })).status).toBe(200);
    }
  });

  it('hold for settings that were stored before: runs, and the budget of a tenant without one', async () => {
    await patch({ max_concurrent_sprints: 5, budget_usd_per_day: null });
    Object.assign(environment, { MAX_CONCURRENT_RUNS: 1, MAX_BUDGET_USD_PER_DAY: 0 });
    bench.team.perform({ thinker: [{ text: 'thought' }] });
    const id = await bench.startRun({ agent_type: 'thinker' });
    const second = await bench.server.call('POST', '/api/v1/runs', {
      token: bench.person.token,
      body: { query: 'x', agent_type: 'thinker' },
    });
    expect(second.status).toBe(429);
    expect(await bench.runEnded(id)).toMatchObject({ status: 'cost_exceeded', cost_usd: '0' });
    expect(bench.team.of('thinker')).toEqual([]);
  });
});
