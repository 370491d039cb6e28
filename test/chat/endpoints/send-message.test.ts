import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { call } from '../../support/team-script.ts';
import { type ChatBench, openChat, textOf } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
});
afterAll(() => bench.close());

const CALCULATES = [
  { text: 'I compute.', toolCalls: [call('calculator', { expression: '6 * 7' })], chunkDelayMs: 1 },
  { text: 'It is 42.', chunkDelayMs: 1 },
];

describe('the stream', () => {
  it('sends the text in pieces without a gap, the calls with their results, each turn, and the message at the end', async () => {
    bench.team.perform({ assistant: CALCULATES });
    const stream = await bench.open('/chat/message', { body: { message: 'What is 6 * 7?' } });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const frames = await stream.until(() => false);
    expect(textOf(frames)).toBe('I compute.\n\nIt is 42.');
    const numbered = frames.filter(({ id }) => id !== undefined);
    expect(numbered.map(({ event }) => event)).toEqual(['turn', 'tool_start', 'tool_complete', 'turn', 'end']);
    expect(numbered.map(({ id }) => id)).toEqual(
      numbered.map(({ id }) => id).toSorted((a, b) => Number(a) - Number(b)),
    );
    expect(frames.find(({ event }) => event === 'tool_complete')?.data).toMatchObject({
      id: '0.0',
      tool: 'calculator',
      output: '42',
      is_error: false,
    });
    const { message } = frames.at(-1)?.data ?? {};
    expect(message).toMatchObject({
      status: 'complete',
      content: 'I compute.\n\nIt is 42.',
      model: expect.stringMatching(/^gemini\//),
    });
    expect(message.parts.map(({ type }: { type: string }) => type)).toEqual(['text', 'tool', 'text']);
    expect(Number(message.cost_usd)).toBeGreaterThan(0);
  });

  it('goes on without its reader, and another reader joins with the text so far', async () => {
    const gate = Promise.withResolvers<void>();
    const answer = { text: 'The first half. The second half 😀.', hold: { before: 3, until: gate.promise } };
    bench.team.perform({ assistant: [answer] });
    const first = await bench.open('/chat/message', { body: { message: 'Go on without me' } });
    const [begun] = (await first.until(({ event }) => event === 'token')).slice(-1);
    first.close();
    const second = await bench.open(`/chat/messages/${begun?.data.message_id}/events`);
    const frames = await second.until(({ event }) => event === 'token');
    gate.resolve();
    frames.push(...(await second.until(() => false)));
    expect(frames.at(-1)?.data.message).toMatchObject({ status: 'complete', content: answer.text });
    expect(answer.text.startsWith(textOf(frames))).toBe(true);
    expect(textOf(frames).length).toBeGreaterThan(0);
  });
});

describe('with Accept: application/json', () => {
  it('answers 200 with the whole message, in a conversation whose title is the first line', async () => {
    bench.team.perform({ assistant: [{ text: 'Hello.' }] });
    const { status, body } = await bench.say('Good morning\nHow are you?');
    expect([status, body.message.content]).toEqual([200, 'Hello.']);
    const { body: conversation } = await bench.get(`/chat/conversations/${body.conversation_id}`);
    expect(conversation).toMatchObject({
      title: 'Good morning',
      head_id: body.message.id,
      answering: null,
      messages: 2,
    });
  });

  it('answers 202 when the answer takes longer than the wait', async () => {
    const gate = Promise.withResolvers<void>();
    bench.team.perform({ assistant: [() => gate.promise.then(() => ({ text: 'Late.' }))] });
    const reply = await bench.server.call('POST', '/api/v1/chat/message?wait=0', {
      token: bench.person.token,
      headers: { accept: 'application/json' },
      body: { message: 'Slowly' },
    });
    expect([reply.status, reply.body.message.status]).toEqual([202, 'answering']);
    gate.resolve();
    await bench.runEnded(reply.body.message.run_id);
  });

  it('goes on after a question that nobody has answered, as imported conversations may end', async () => {
    bench.team.perform({ assistant: [{ text: 'Both.' }] });
    const { body } = await bench.say('Begin.');
    await bench.fill(body.conversation_id, 1, () => 'Is anybody there?');
    const answered = await bench.say('And now?', { conversation_id: body.conversation_id });
    expect(answered).toMatchObject({ status: 200, body: { message: { content: 'Both.' } } });
    const told = JSON.stringify(bench.team.of('assistant').at(-1)?.request.messages);
    expect(told.indexOf('Is anybody there?')).toBeGreaterThan(-1);
    expect(told.indexOf('And now?')).toBeGreaterThan(told.indexOf('Is anybody there?'));
  });

  it('sends the model the whole conversation with calls and results, and no other branch', async () => {
    bench.team.perform({ assistant: CALCULATES });
    const { body: one } = await bench.say('What is 6 * 7?');
    bench.team.perform({ assistant: [{ text: 'You asked for a product.' }] });
    const { body: two } = await bench.say('What did I ask?', { conversation_id: one.conversation_id });
    expect(two.message.content).toBe('You asked for a product.');
    const told = bench.team.of('assistant').at(-1)?.request.messages ?? [];
    expect(told.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
    expect(told[2]).toMatchObject({ results: [{ output: '42' }] });
    await bench.say('What is 6 * 7, in words?', { conversation_id: one.conversation_id, parent_id: null });
    const branch = bench.team.of('assistant').at(-1)?.request.messages ?? [];
    expect(branch).toHaveLength(1);
    const { body: list } = await bench.get(`/chat/conversations/${one.conversation_id}/messages`);
    expect(list.items[0].siblings).toHaveLength(2);
  });

  it('keeps an answer that failed with its reason, and the next message goes on', async () => {
    bench.team.perform({ assistant: [{ failure: { status: 400, message: 'no such model' } }] });
    const { body } = await bench.say('Fail');
    expect(body.message).toMatchObject({ status: 'failed', content: '' });
    expect(body.message.error).toMatch(/^gemini .*no such model/);
    bench.team.perform({ assistant: [{ text: 'Now.' }] });
    expect((await bench.say('Again', { conversation_id: body.conversation_id })).body.message.content).toBe('Now.');
  });

  it('repeats nothing for the same client_id, also for ten messages at once', async () => {
    bench.team.perform({ assistant: [{ text: 'Once.' }] });
    const { body: first } = await bench.say('Begin');
    const ids = { conversation_id: first.conversation_id, client_id: 'tab-1 message-7' };
    const replies = await Promise.all(Array.from({ length: 10 }, () => bench.say('Only once', ids)));
    expect(new Set(replies.map(({ status, body }) => `${status} ${body.message?.id}`)).size).toBe(1);
    expect((await bench.get(`/chat/conversations/${first.conversation_id}`)).body.messages).toBe(4);
  });
});

describe('refusals', () => {
  it('answers 409 for the client_id of another message or conversation, and stores nothing', async () => {
    bench.team.perform({ assistant: [{ text: 'Hello.' }] });
    await bench.say('One', { client_id: 'tab-2 message-1' });
    const { body: other } = await bench.say('Two');
    const again = { client_id: 'tab-2 message-1', conversation_id: other.conversation_id };
    expect((await bench.say('One', again)).status).toBe(409);
    expect((await bench.say('Three', { client_id: 'tab-2 message-1' })).status).toBe(409);
    expect((await bench.get(`/chat/conversations/${other.conversation_id}`)).body.messages).toBe(2);
  });

  it('answers 409 while an answer is under way, and accepts exactly one of twenty messages', async () => {
    bench.team.perform({ assistant: [{ text: 'Hello.' }] });
    const { body } = await bench.say('Begin');
    const gate = Promise.withResolvers<void>();
    bench.team.perform({ assistant: [() => gate.promise.then(() => ({ text: 'Done.' }))] });
    const sent = Array.from({ length: 20 }, () => bench.say('At once', { conversation_id: body.conversation_id }));
    const refused = await Promise.race(sent);
    expect(refused.status).toBe(409);
    gate.resolve();
    const statuses = (await Promise.all(sent)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(19).fill(409)]);
  });

  it('answers 404 for an unknown conversation and another user’s, also of the same tenant, and for its parent', async () => {
    bench.team.perform({ assistant: [{ text: 'Hello.' }] });
    const { body } = await bench.say('Mine');
    const stranger = await bench.server.signUp();
    const ids = { conversation_id: body.conversation_id };
    expect((await bench.say('Hers', ids, stranger)).status).toBe(404);
    await bench.asOwner('update users set tenant_id = $1 where id = $2', [bench.person.tenantId, stranger.userId]);
    expect((await bench.say('Hers', ids, stranger)).status).toBe(404);
    expect((await bench.get(`/runs/${body.message.run_id}`, stranger)).status).toBe(404);
    expect((await bench.say('x', { conversation_id: createId('chat') })).status).toBe(404);
    expect((await bench.say('x', { ...ids, parent_id: createId('msg') })).status).toBe(404);
  });

  it('answers 422 for a model whose provider has no key, and stores nothing', async () => {
    const { items: before } = (await bench.get('/chat/conversations')).body;
    const { status, body } = await bench.say('Hello', { model: 'claude/claude-opus-4-8' });
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ path: 'body.model', message: expect.stringContaining('ANTHROPIC_API_KEY') }]);
    expect((await bench.get('/chat/conversations')).body.items).toEqual(before);
  });

  it('answers 401, 403 for a viewer, and 422 for a wrong body', async () => {
    expect((await bench.server.call('POST', '/api/v1/chat/message', { body: { message: 'x' } })).status).toBe(401);
    await bench.asOwner(`update users set role = 'viewer' where id = $1`, [bench.person.userId]);
    const viewer = await bench.say('x');
    await bench.asOwner(`update users set role = 'admin' where id = $1`, [bench.person.userId]);
    expect(viewer.status).toBe(403);
    for (const body of [{ message: ' ' }, { model: 'nonsense' }, { unknown: 1 }, { budget_usd: 1e-300 }])
      expect((await bench.say('x', body)).status).toBe(422);
  });
});
