import { afterEach, expect, it } from 'vitest';
import type { LogLine } from '../../functions/runs/events/event.ts';
import { type LocalServer, startLocalServer, waitFor } from '../support/local-server.ts';
import { planFor, type ScriptedTeam, startTeam, write } from '../support/team-script.ts';
import { numbersOf, oneTo } from './bench.ts';

let team: ScriptedTeam | undefined;
let server: LocalServer | undefined;
afterEach(async () => {
  await server?.kill();
  await team?.gemini.close();
});

/**
 * The model never ends its answer, so a process that waited for it would not exit. If the process did not release its
 * claim, the next process would end the lease as that of a dead process and count a second attempt.
 */
it('a process that is stopped during a model call releases its turn and exits with 0; the next process continues, and no attempt is counted', {
  timeout: 90_000,
}, async () => {
  team = await startTeam();
  const { of } = team;
  const checked = Promise.withResolvers<void>();
  const hanging = { text: 'I think about it', silentAfter: 1 };
  team.perform({
    plan: planFor('backend'),
    backend: [
      () =>
        of('backend', 0).length <= 2
          ? hanging
          : checked.promise.then(() => ({ text: 'Now.', toolCalls: [write('a.txt', 'a')] })),
      { text: 'Done.' },
    ],
  });
  server = await startLocalServer({
    GEMINI_API_KEY: 'a-key',
    GOOGLE_GEMINI_BASE_URL: team.gemini.url,
    // No lease may expire during the test.
    LEASE_SECONDS: '600',
  });
  const { call } = server;
  const token = await server.register();
  const id = await server.startSprint(token, { task: 'Build it', team: ['backend'] });
  for (const stops of oneTo(2)) {
    await waitFor(`the model to be asked for the ${stops}. time`, () => of('backend', 0).length === stops);
    expect(of('backend', 0).at(-1)?.request.endedAt).toBeUndefined();
    expect(await server.stop()).toBe(0);
    await server.restart();
    await waitFor('the sprint to go on', () => of('backend', 0).length === stops + 1);
    const { body } = await call('GET', `/api/v1/sprints/${id}/workers`, { token });
    expect(body.items[1]).toMatchObject({ name: 'backend', attempts: 1 });
  }
  checked.resolve();
  const sprint = await waitFor('the sprint to end', async () => {
    const { body } = await call('GET', `/api/v1/sprints/${id}`, { token });
    return body.completed_at !== null && body;
  });
  expect(sprint).toMatchObject({ status: 'completed', error: null });
  const lines: LogLine[] = (await call('GET', `/api/v1/sprints/${id}/logs?limit=200`, { token })).body.items;
  expect(numbersOf(lines)).toEqual(oneTo(lines.length));
  expect(lines.filter(({ type }) => type === 'turn_postponed' || type === 'node_failed')).toEqual([]);
});
