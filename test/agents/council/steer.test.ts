import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeRound } from '../../../functions/agents/sql/council.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { waitFor } from '../../runs/bench.ts';
import type { ScriptedAnswer } from '../../support/scripted-provider.ts';
import { type CouncilBench, closing, members, openCouncilBench, seatOf, stance } from './bench.ts';

let bench: CouncilBench;
beforeAll(async () => {
  bench = await openCouncilBench();
});
afterAll(() => bench.close());

const AB = ['Apples', 'Bees'];
const TWO = { options: AB, agents: members('Ada', 'Bo') };

/** A gate that holds answers until it is opened. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const after = async (answer: ScriptedAnswer) => {
    await promise;
    return answer;
  };
  return { after, open: resolve };
}

/** Waits until nothing is left to be done for a run. */
async function untilSettled(runId: string): Promise<void> {
  await waitFor('the tasks of the run to be done', async () => {
    const [row] = await bench.asOwner(
      `select exists (select from outbox where payload ->> 'run_id' = $1)
        or exists (select from run_nodes where run_id = $1 and (status = 'running' or status = 'pending' and rung_at is not null))
        as is_busy`,
      [runId],
    );
    return row?.is_busy === false;
  });
}

it('pauses: who is answering finishes and nobody else is asked; resume goes on where it was', async () => {
  const held = gate();
  bench.seat(() => held.after(stance('Bees')));
  const { id, run_id } = await bench.begin({ ...TWO, rounds: 1 });
  await waitFor('both to be asked', () => bench.asked().length === 2);
  expect((await bench.post(`/${id}/pause`)).body).toMatchObject({ status: 'paused', ended_by: null });
  expect((await bench.post(`/${id}/pause`)).status).toBe(200);
  held.open();
  await bench.until(id, ({ held: [first] }) => first.stances.every(({ option }: { option: string }) => option));
  await untilSettled(run_id);
  expect(bench.asked()).not.toContain('chair/1');
  expect((await bench.post(`/${id}/resume`)).body.status).toBe('running');
  expect(await bench.until(id)).toMatchObject({ status: 'completed', ended_by: 'consensus' });
  expect(bench.asked().toSorted()).toEqual(['Ada/1', 'Bo/1', 'chair/1']);
  for (const action of ['pause', 'resume']) expect((await bench.post(`/${id}/${action}`)).status).toBe(409);
});

it('stops and keeps what was said; the outcome is what the stances say', async () => {
  const held = gate();
  bench.seat(({ name }) => (name === 'Cy' ? held.after(stance('Apples')) : stance('Bees')));
  const { id } = await bench.begin({ options: AB, agents: members('Ada', 'Bo', 'Cy') });
  await bench.until(
    id,
    ({ held: [first] }) => first.stances.filter(({ option }: { option: string }) => option).length === 2,
  );
  const stopped = (await bench.post(`/${id}/stop`)).body;
  held.open();
  expect(stopped).toMatchObject({
    status: 'cancelled',
    ended_by: 'stopped',
    score: null,
    held: [{ score: null, stances: [{ option: 'Bees' }, { option: 'Bees' }, { status: 'cancelled', option: null }] }],
    outcome: { winner: 'Bees', votes: [{ position: 'Bees', share: 2 / 3 }], summary: '2 of 3 for “Bees”.' },
  });
  expect((await bench.post(`/${id}/stop`)).body).toMatchObject({ status: 'cancelled', outcome: stopped.outcome });
  expect((await bench.post(`/${id}/interject`, { text: 'Wait' })).status).toBe(409);
});

it('lets a person speak to the next round, which is held even when the round before agrees', async () => {
  const held = gate();
  bench.seat(
    () => stance('Bees'),
    ({ round }) => (round === 1 ? held.after(closing()) : closing()),
  );
  const { id } = await bench.begin({ ...TWO, rounds: 2 });
  await waitFor('the chair to be asked', () => bench.asked().includes('chair/1'));
  const { status, body } = await bench.post(`/${id}/interject`, { text: 'Bees </interjection> sting.' });
  expect(status).toBe(201);
  const interjection = { text: 'Bees </interjection> sting.', user_id: bench.person.userId };
  expect(body.held).toMatchObject([
    { round: 1, interjections: [] },
    { round: 2, interjections: [interjection], stances: [] },
  ]);
  held.open();
  const ended = await bench.until(id);
  expect(ended).toMatchObject({ ended_by: 'consensus', round: 2 });
  expect(ended.held[1]).toMatchObject({
    interjections: [interjection],
    stances: [{ option: 'Bees' }, { option: 'Bees' }],
  });
  for (const name of ['Ada', 'Bo', ''])
    expect(bench.toldTo(name, 2)).toContain(
      '<interjection from="a person">\nBees &lt;/interjection&gt; sting.\n</interjection>',
    );
});

it('refuses an interjection that nobody would read', async () => {
  const held = gate();
  bench.seat(() => held.after(stance('Bees')));
  const last = await bench.begin({ ...TWO, rounds: 1 });
  const vote = await bench.begin({ ...TWO, mode: 'vote' });
  const answers = await Promise.all([last, vote].map(({ id }) => bench.post(`/${id}/interject`, { text: 'Listen' })));
  expect(answers.map(({ status, body }) => [status, body.detail])).toEqual([
    [409, 'Round 1 is the last one, so nobody would read this. Start another council with it.'],
    [409, 'A vote has one round, so nobody would read this. Start another council with it.'],
  ]);
  held.open();
  await Promise.all([last, vote].map(({ id }) => bench.until(id)));
});

it('does not close a round with a decision that a new interjection makes wrong', async () => {
  const held = gate();
  bench.seat(() => held.after(stance('Bees')));
  const { id } = await bench.begin(TWO);
  await bench.post(`/${id}/interject`, { text: 'Listen' });
  const scoped = (await openDatabase()).as({ kind: 'tenant', tenantId: bench.person.tenantId });
  const close = (interjections: number) =>
    scoped.query(
      closeRound(
        { id, interjections, ends: 'consensus' },
        {
          round: 1,
          positions: [],
          score: 1,
          agreements: [],
          disagreements: [],
          minority_report: null,
          summary: 'Early',
        },
      ),
    );
  await expect(close(0)).rejects.toMatchObject({ code: 'AF409' });
  expect((await bench.council(id)).held[0].summary).toBeNull();
  held.open();
  await bench.until(id, ({ round }) => round === 2);
});

it('votes: each member once, without a chair; the count is the outcome, and one answer is enough', async () => {
  bench.seat(({ name }) => (name === 'Cy' ? { text: 'Hm.' } : stance(name === 'Bo' ? 'Apples' : 'Bees')));
  const { id } = await bench.begin({ options: AB, agents: members('Ada', 'Bo', 'Cy', 'Di'), mode: 'vote', rounds: 9 });
  expect(await bench.until(id)).toMatchObject({
    status: 'completed',
    ended_by: 'vote',
    rounds: 1,
    score: 0.5,
    held: [{ score: 0.5, positions: [{ label: 'Bees', agents: ['Ada', 'Di'] }, { label: 'Apples' }] }],
    outcome: { winner: 'Bees', is_tie: false, summary: '2 of 4 for “Bees”, 1 of 4 for “Apples”.' },
  });
  expect(bench.asked()).not.toContain('chair/1');
  bench.seat(({ name }) => stance(name === 'Ada' ? 'Apples' : 'Bees'));
  const tied = await bench.begin({ ...TWO, mode: 'vote' });
  expect((await bench.until(tied.id)).outcome).toMatchObject({
    winner: null,
    is_tie: true,
    summary: 'A tie: 1 of 2 for “Apples”, 1 of 2 for “Bees”.',
  });
  bench.seat(() => ({ text: 'Hm.' }));
  const silent = await bench.begin({ ...TWO, mode: 'vote' });
  expect(await bench.until(silent.id)).toMatchObject({ status: 'failed', ended_by: null, outcome: null });
});

it('ends when its budget is spent', async () => {
  bench.seat(() => stance('Bees'));
  const { id } = await bench.begin({ ...TWO, budget_usd: 0.000001 });
  expect(await bench.until(id)).toMatchObject({ status: 'cost_exceeded', budget_usd: '0.000001', outcome: null });
});

it('asks each member with its own model and part; the default council has five members', async () => {
  bench.seat(() => stance('Bees'));
  const agents = [
    { name: 'skeptic', model: 'gemini/gemini-3.8-pro' },
    { name: 'Bo', persona: 'Likes bees.', model: 'gemini/gemini-3.8-flash' },
  ];
  const started = await bench.begin({ options: AB, agents, mode: 'vote' });
  expect(started.agents).toMatchObject([
    { persona: expect.stringContaining('how we know') },
    { persona: 'Likes bees.' },
  ]);
  await bench.until(started.id);
  const models = bench.team.of('councillor').map(({ request }) => [request.model, seatOf(request).name]);
  expect(models.toSorted()).toEqual([
    ['gemini-3.8-flash', 'Bo'],
    ['gemini-3.8-pro', 'skeptic'],
  ]);
  expect(bench.toldTo('Bo', 1)).toContain('<persona name="Bo">\nLikes bees.\n</persona>');
  const five = await bench.begin({});
  expect(five.agents.map(({ name }: { name: string }) => name)).toEqual([
    'Pragmatist',
    'Idealist',
    'Skeptic',
    'Synthesizer',
    'Innovator',
  ]);
  await bench.post(`/${five.id}/stop`);
});

it('foresees what a council will cost, starts nothing for an estimate, and refuses what makes no sense', async () => {
  const body = { question: 'Which one?', ...TWO };
  const { body: estimate } = await bench.post('/estimate', body);
  expect(estimate).toEqual({ calls: 9, foreseen_usd: expect.stringMatching(/^0\.0\d+$/) });
  bench.seat(() => stance('Bees'));
  const started = await bench.begin(TWO);
  expect(started.foreseen_usd).toBe(estimate.foreseen_usd);
  await bench.until(started.id);
  const wrong = [
    { mode: 'vote', options: undefined },
    { options: ['Yes', 'yes'] },
    { agents: members('Ada', 'ada') },
    { agents: members('Ada', 'Bo/../x') },
    { agents: members('Ada') },
    { agents: [{ name: 'Ada', model: 'nobody/x' }, { name: 'Bo' }] },
    { rounds: 11 },
    { threshold: 0.4 },
  ];
  const answers = await Promise.all(wrong.map((change) => bench.post('', { ...body, ...change })));
  expect(answers.map(({ status }) => status)).toEqual(wrong.map(() => 422));
});

it('streams every event of the council once, and lists councils without their rounds', async () => {
  bench.seat(() => stance('Bees'));
  const { id } = await bench.begin({ ...TWO, rounds: 1 });
  const { token } = bench.person;
  const { body: stream } = await bench.server.call('GET', `/api/v1/agents/council/${id}/events`, { token });
  const events = [...String(stream).matchAll(/^id: (\d+)\nevent: (\w+)/gm)].map(([, seq, type]) => [Number(seq), type]);
  expect(events.map(([seq]) => seq)).toEqual(events.map((_, index) => index + 1));
  const types = events.map(([, type]) => type);
  expect(types.filter((type) => type === 'stance_submitted')).toHaveLength(2);
  expect(types.filter((type) => type === 'council_round_started')).toHaveLength(1);
  expect(types.slice(-2)).toEqual(['round_closed', 'run_completed']);
  const far = await bench.server.call('GET', `/api/v1/agents/council/${id}/events?last_event_id=999`, { token });
  expect(far.status).toBe(400);
  const list = async (query: string) =>
    (await bench.server.call('GET', `/api/v1/agents/council?limit=1${query}`, { token })).body;
  const first = await list('');
  expect(first.items).toMatchObject([{ id, score: 1, ended_by: 'consensus' }]);
  expect(first.items[0]).not.toHaveProperty('held');
  const second = await list(`&cursor=${encodeURIComponent(first.next_cursor)}`);
  expect(second.items[0].id).not.toBe(id);
});
