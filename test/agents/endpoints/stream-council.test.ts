import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CouncilBench, openCouncilBench, stance, TWO } from '../council/bench.ts';

let bench: CouncilBench;
beforeAll(async () => {
  bench = await openCouncilBench();
});
afterAll(() => bench.close());

it('streams every event of the council once, until its end', async () => {
  bench.seat(() => stance('Bees'));
  const { id } = await bench.begin({ ...TWO, rounds: 1 });
  const { body: stream } = await bench.get(`/${id}/events`);
  const events = [...String(stream).matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)$/gm)].map(([, seq, type, data]) => ({
    seq: Number(seq),
    type,
    data: JSON.parse(data ?? '').data,
  }));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const of = (wanted: string) => events.filter(({ type }) => type === wanted).map(({ data }) => data);
  expect(of('council_round_started')).toEqual([{ round: 1 }]);
  expect(
    of('stance_submitted')
      .map(({ agent }) => agent)
      .toSorted(),
  ).toEqual(['Ada', 'Bo']);
  expect(of('stance_submitted')[0]).toMatchObject({ round: 1, position: 'Bees', confidence: 0.7, change: null });
  expect(of('round_closed')).toMatchObject([{ round: 1, score: 1, is_tie: false, ends: 'consensus' }]);
  expect(events.at(-1)?.type).toBe('run_completed');
  const { body: rest } = await bench.get(`/${id}/events?last_event_id=${events.length - 1}`);
  expect(String(rest).match(/^id: /gm)).toHaveLength(1);
  expect((await bench.get(`/${id}/events?last_event_id=999`)).status).toBe(400);
});
