import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CouncilBench, members, openCouncilBench, seatOf, stance, TWO } from '../council/bench.ts';

let bench: CouncilBench;
beforeAll(async () => {
  bench = await openCouncilBench();
});
afterAll(() => bench.close());

it('asks each member with its own model and part; the default council has five members', async () => {
  bench.seat(() => stance('Bees'));
  const agents = [
    { name: 'skeptic', model: 'gemini/gemini-3.8-pro' },
    { name: 'Bo', persona: 'Likes bees.', model: 'gemini/gemini-3.8-flash' },
  ];
  const started = await bench.begin({ options: TWO.options, agents, mode: 'vote' });
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

it('refuses what makes no sense', async () => {
  const body = { question: 'Which one?', ...TWO };
  const wrong = [
    { mode: 'vote', options: undefined },
    { options: ['Yes', 'yes'] },
    { agents: members('Ada', 'ada') },
    { agents: members('Ada', 'Bo/../x') },
    { agents: members('Ada') },
    { agents: [{ name: 'Ada', model: 'nobody/x' }, { name: 'Bo' }] },
    { rounds: 11 },
    { threshold: 0.4 },
    { mode: 'vote', rounds: 2 },
  ];
  const answers = await Promise.all(wrong.map((change) => bench.post('', { ...body, ...change })));
  expect(answers.map(({ status }) => status)).toEqual(wrong.map(() => 422));
  expect(answers.slice(0, 3).map((answer) => answer.body.errors[0].message)).toEqual([
    'A vote needs options: at least two',
    'Options 1 and 2 are the same',
    'Members 1 and 2 have the same name',
  ]);
});

it('answers 422 at once for members and a chair whose models have no key; an estimate says the same', async () => {
  const agents = [{ name: 'Ada' }, { name: 'Bo', model: 'openai/x' }, { name: 'Cy', model: 'claude/x' }];
  const body = { question: 'Which one?', options: TWO.options, agents };
  const other = await bench.server.signUp();
  for (const path of ['', '/estimate'])
    expect(await bench.post(path, body, other)).toMatchObject({
      status: 422,
      body: {
        detail: expect.stringContaining('openai/x cannot be used. OpenAI has no key: set OPENAI_API_KEY'),
        errors: [{ path: 'body.agents.1.model' }, { path: 'body.agents.2.model' }],
      },
    });
  const config = { worker_config: { default: { provider: 'qwen', model: 'x' } } };
  const named = { ...body, agents: members('Ada', 'Bo').map((member) => ({ ...member, model: 'gemini/x' })) };
  await bench.server.call('PATCH', '/api/v1/tenant', { token: other.token, body: config });
  expect(await bench.post('/estimate', named, other)).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'chair_model', message: expect.stringContaining('set QWEN_API_KEY') }] },
  });
  expect((await bench.post('/estimate', { ...named, mode: 'vote' }, other)).status).toBe(200);
});
