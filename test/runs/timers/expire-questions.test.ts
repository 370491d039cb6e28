import { afterAll, beforeAll, expect, it } from 'vitest';
import { asOwner, openBench, type RunBench } from '../bench.ts';
import { byNode, draft, submits } from '../plan-script.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const UNSURE = draft([{ id: 'A' }], { confidence: 0.4, ambiguities: ['Which year?'] });
const expire = async () => (await bench.server.invoke('runs-expire-questions')).body;

async function askedRun(): Promise<string> {
  bench.team.perform({ planner: [submits(UNSURE), submits(draft([{ id: 'A' }]))], summarizer: [byNode()] });
  const id = await bench.startRun();
  await bench.runEnded(id, 'waiting_input');
  return id;
}
const makeOld = (id: string) =>
  asOwner(`update run_questions set expires_at = now() - interval '1 second' where run_id = $1`, [id]);

it('leaves a question alone that is still open', async () => {
  const id = await askedRun();
  expect(await expire()).toEqual({ status: 'done', expired_questions: 0, failed: 0 });
  expect(await bench.run(id)).toMatchObject({ status: 'waiting_input' });
  await bench.server.call('POST', `/api/v1/runs/${id}/cancel`, { token: bench.person.token });
});

it('expires a question once, and the planner continues without an answer', async () => {
  const id = await askedRun();
  await makeOld(id);
  expect(await expire()).toEqual({ status: 'done', expired_questions: 1, failed: 0 });
  expect(await expire()).toEqual({ status: 'done', expired_questions: 0, failed: 0 });
  expect(await bench.runEnded(id)).toMatchObject({ status: 'completed' });
  const last = bench.team.of('planner', 1)[0]?.request.messages.at(-1);
  expect(last?.role === 'tool' && last.results[0]?.output).toContain('Nobody answered in time');
});

it('counts a question that cannot be expired, and expires the others', async () => {
  const bad = await askedRun();
  const good = await askedRun();
  await makeOld(bad);
  await makeOld(good);
  await asOwner(`create function test_break() returns trigger language plpgsql as $$ begin
    if new.run_id = '${bad}' then raise exception 'a bad row'; end if; return new; end $$`);
  await asOwner('create trigger test_break before update on run_questions for each row execute function test_break()');
  expect(await expire()).toMatchObject({ expired_questions: 1, failed: 1 });
  await asOwner('drop trigger test_break on run_questions');
  await asOwner('drop function test_break()');
  expect(await expire()).toMatchObject({ expired_questions: 1, failed: 0 });
  expect(await bench.runEnded(good)).toMatchObject({ status: 'completed' });
  expect(await bench.runEnded(bad)).toMatchObject({ status: 'completed' });
});
