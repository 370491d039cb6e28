import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type ChatBench, openChat } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
});
afterAll(() => bench.close());

it('begins a conversation with the task and the result of a run, which the model reads', async () => {
  bench.team.perform({ summarizer: [{ text: 'The blue one.' }], assistant: [{ text: 'Because it is cheaper.' }] });
  const run = await bench.startRun({ query: 'Which one?', agent_type: 'summarizer' });
  await bench.runEnded(run);
  const begun = await bench.post('/chat/conversations', { run_id: run });
  expect([begun.status, begun.body.target_type, begun.body.target_id]).toEqual([201, 'run', run]);
  await bench.say('Why?', { conversation_id: begun.body.id });
  const told = bench.team.of('assistant').at(-1)?.request.messages ?? [];
  expect(told.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(told[1]).toMatchObject({ text: 'The blue one.' });
});

it('answers 404 for an unknown run and one of another tenant', async () => {
  expect((await bench.post('/chat/conversations', { run_id: createId('run') })).status).toBe(404);
  const run = await bench.startRun({ agent_type: 'summarizer' });
  await bench.runEnded(run);
  expect((await bench.post('/chat/conversations', { run_id: run }, await bench.server.signUp())).status).toBe(404);
});

it('answers 409 for a run that has not ended', async () => {
  const gate = Promise.withResolvers<void>();
  bench.team.perform({ summarizer: [() => gate.promise.then(() => ({ text: 'Late.' }))] });
  const run = await bench.startRun({ agent_type: 'summarizer' });
  expect((await bench.post('/chat/conversations', { run_id: run })).status).toBe(409);
  gate.resolve();
  await bench.runEnded(run);
});
