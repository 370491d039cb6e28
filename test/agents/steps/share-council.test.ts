import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from '../../support/server.ts';
import { type CouncilBench, closing, gate, members, openCouncilBench, stance, TWO } from '../council/bench.ts';

let bench: CouncilBench;
beforeAll(async () => {
  bench = await openCouncilBench();
});
afterAll(() => bench.close());

const village = async (path: string): Promise<Answer['body']> =>
  (await bench.server.call('GET', `/api/v1/village${path}`, { token: bench.person.token })).body;
const statementsOf = async (runId: string) =>
  bench.asOwner('select content from village_knowledge where run_id = $1 order by created_at, id', [runId]);

/** Waits until the positions of a council are posted. */
const shared = (id: string) => bench.until(id, ({ thread_id }) => thread_id !== null);

it('posts the last position of each member in a thread with the question as its title, once', async () => {
  bench.seat(({ name, round }) => {
    if (name === 'Cy') return { text: 'Hm.' };
    if (name === 'Bo' && round === 1) return stance('Apples');
    return stance('Bees', name === 'Bo' ? { changed_because: 'Ada is right.' } : {});
  });
  const question = `What\n first? ${'x'.repeat(300)}`;
  const body = { ...TWO, question, agents: members('Ada', 'Bo', 'Cy'), threshold: 0.6, share_in_village: true };
  const { id, run_id: runId, thread_id: before } = await bench.begin(body);
  expect(before).toBeNull();
  const { thread_id: threadId, share_in_village: isShared } = await shared(id);
  expect(isShared).toBe(true);
  const { thread, items } = await village(`/threads/${threadId}`);
  expect(thread.title).toBe(`What first? ${'x'.repeat(188)}`);
  const said = (name: string) => ({
    content: `What first? ${'x'.repeat(188)}\n– Bees: I hold Bees.`,
    realm: 'village',
    category: 'position',
    agent: { name, is_own: true },
    source: { kind: 'council', run_id: runId },
  });
  expect(items).toMatchObject([said('Ada'), said('Bo')]);
  const again = { tenant_id: bench.person.tenantId, run_id: runId };
  const answers = await Promise.all([1, 2].map(() => bench.server.invoke('agents-share-council', again)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(await statementsOf(runId)).toHaveLength(2);
});

it('posts nothing for a council that does not share, is stopped or fails', async () => {
  const held = gate();
  bench.seat(() => stance('Bees'));
  const quiet = await bench.begin({ ...TWO, rounds: 1 });
  await bench.until(quiet.id);
  bench.seat(
    () => stance('Bees'),
    () => held.after(closing()),
  );
  const stopped = await bench.begin({ ...TWO, share_in_village: true });
  await bench.until(stopped.id, ({ held: [first] }) => first.stances.every(({ option }: { option: string }) => option));
  await bench.post(`/${stopped.id}/stop`);
  held.open();
  bench.seat(() => ({ text: 'Hm.' }));
  const failed = await bench.begin({ ...TWO, share_in_village: true });
  expect((await bench.until(failed.id)).status).toBe('failed');
  for (const { run_id: runId } of [quiet, stopped, failed]) {
    await bench.server.invoke('agents-share-council', { tenant_id: bench.person.tenantId, run_id: runId });
    expect(await statementsOf(runId)).toEqual([]);
  }
});
