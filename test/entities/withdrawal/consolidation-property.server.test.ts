import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { checkExport } from '../check-export.ts';
import { createPerson, type Person } from '../people.ts';
import { expectIndexed, textsOf } from '../sync/synced-memory.ts';

/** Random sessions and consolidations, then one source is withdrawn: no sentence of another session is lost. */
let database: Database;
let server: TestServer;
beforeAll(async () => {
  database = await openDatabase();
  server = await startServer();
}, 60_000);
afterAll(() => server.close());

const SPEAKERS = ['Leo', 'Leo Marsh', 'Maya', 'Ines'];
const speaker = fc.constantFrom(...SPEAKERS);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('tell' as const), speaker, length: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('consolidate' as const) }) },
);
const play = fc.record({
  steps: fc.array(step, { minLength: 4, maxLength: 10 }),
  victim: fc.nat(),
  how: fc.constantFrom('erase' as const, 'revert' as const),
});

const sentence = (session: number, number: number) =>
  `I keep the ${'very '.repeat(30)}old goat g${session}x${number} at home.`;

async function call(who: Person, path: string, body: object) {
  const answer = await server.call('POST', `/api/v1${path}`, { token: who.token, body });
  expect(answer.status).toBe(200);
  return answer.body;
}

test('after any consolidations, every sentence of the other sessions stays and none of the source', async () => {
  const checked = fc.asyncProperty(play, async ({ steps, victim, how }) => {
    const who = await createPerson(database, 'member');
    const sessions: { id: string; sentences: string[] }[] = [];
    for (const [number, one] of steps.entries()) {
      if (one.kind === 'consolidate') {
        await call(who, '/memory/consolidate?wait=30', { consolidation_id: `c${number}`, soft_cap_tokens: 1000 });
        continue;
      }
      const sentences = Array.from({ length: one.length }, (_, at) => sentence(number, at));
      const turns = [{ speaker: one.speaker, text: sentences.join(' '), said_at: '2026-03-03T10:00:00Z' }];
      await call(who, '/memory/process-and-commit?wait=30', { session_id: `s${number}`, turns });
      sessions.push({ id: `s${number}`, sentences });
    }
    const withdrawn = sessions[victim % Math.max(sessions.length, 1)];
    if (withdrawn === undefined) return;
    await call(who, `/memory/${how}`, { source_id: withdrawn.id });
    const texts = [...(await textsOf(database, who))].filter(([path]) => path.startsWith('memories/'));
    const files = texts.map(([, text]) => text).join('\n');
    for (const { sentences } of sessions.filter((each) => each !== withdrawn))
      for (const said of sentences) expect(files).toContain(said);
    for (const said of withdrawn.sentences) expect(files).not.toContain(said);
    await expectIndexed(database, who);
    await checkExport(database, who);
  });
  await fc.assert(checked, { numRuns: 6, endOnFailure: true });
}, 120_000);
