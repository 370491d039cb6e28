import { describe, expect, it } from 'vitest';
import { piecesOf, startedRunOf } from '../../../../web/rooms/chat/talk/answer-pieces.ts';
import {
  type AnswerEvent,
  applyEvents,
  beginLive,
  type LiveAnswer,
  partsOf,
} from '../../../../web/rooms/chat/talk/live-answer.ts';

const token = (at: number, content: string, turn = 0): AnswerEvent => ({ type: 'token', data: { turn, at, content } });
const liveAfter = (...events: AnswerEvent[]): LiveAnswer => applyEvents(beginLive({ parts: [] }), events, 1_000);
const textOf = (live: LiveAnswer) => partsOf(live).flatMap((part) => (part.type === 'text' ? [part.text] : []));

describe('an answer while it is written', () => {
  it('puts pieces together by their place in code points', () => {
    expect(textOf(liveAfter(token(0, '👋 hel'), token(5, 'lo')))).toEqual(['👋 hello']);
  });

  it('takes the text from its beginning again after a lost connection', () => {
    expect(textOf(liveAfter(token(0, 'hello'), token(0, 'hello wor'), token(9, 'ld')))).toEqual(['hello world']);
  });

  it('replaces what follows the place at which a turn was begun anew', () => {
    expect(textOf(liveAfter(token(0, 'one two three'), token(4, 'too')))).toEqual(['one too']);
  });

  it('takes the whole text of a recorded turn', () => {
    const turn = { type: 'turn', data: { turn: 0, text: 'the whole text' } };
    expect(textOf(liveAfter(token(0, 'the'), turn))).toEqual(['the whole text']);
  });

  it('begins with what the message has, and counts its code points', () => {
    const live = beginLive({ parts: [{ type: 'text', turn: 0, text: '👋 a' }] });
    expect(textOf(applyEvents(live, [token(3, 'b')], 0))).toEqual(['👋 ab']);
  });

  it('shows a tool once, from its start to its outcome, with the times of this browser', () => {
    const start = { type: 'tool_start', data: { id: '0.0', tool: 'calculator', about: 'calculator 6*7' } };
    const done = { id: '0.0', tool: 'calculator', is_error: false, output: '42', duration_ms: 12 };
    const started = liveAfter(start, start);
    expect(partsOf(started)).toMatchObject([{ tool: 'calculator', status: 'started' }]);
    const ended = applyEvents(started, [{ type: 'tool_complete', data: done }], 3_000);
    expect(partsOf(ended)).toMatchObject([{ status: 'completed', output: '42', duration_ms: 12 }]);
    expect(ended.times.get('tool:0.0')).toEqual({ from: 1_000, to: 3_000 });
  });

  it('ends the time of a thought with the first word after it', () => {
    const thought = { type: 'thinking', data: { turn: 0, at: 0, content: 'hm' } };
    const live = applyEvents(liveAfter(thought), [token(0, 'So')], 9_000);
    expect(live.times.get('thinking:0')).toEqual({ from: 1_000, to: 9_000 });
    expect(partsOf(live).map(({ type }) => type)).toEqual(['thinking', 'text']);
  });

  it('says why nothing comes until something comes', () => {
    const notice = { type: 'notice', data: { event: 'turn_postponed', message: 'The provider is busy.' } };
    const waiting = liveAfter(notice);
    expect(waiting.notice).toBe('The provider is busy.');
    expect(applyEvents(waiting, [token(0, 'a')], 0).notice).toBeUndefined();
  });

  it('ignores a turn that no worker can have', () => {
    expect(textOf(liveAfter(token(0, 'a', 1e9), token(0, 'b', -1)))).toEqual([]);
  });
});

describe('the pieces of an answer', () => {
  const tool = (id: string, name = 'recall', output: string | null = 'ok') => ({
    type: 'tool' as const,
    id,
    tool: name,
    arguments: {},
    status: 'completed' as const,
    is_error: false,
    output,
    truncated: false,
    duration_ms: 1,
  });

  it('joins thoughts and tools between two texts', () => {
    const thought = { type: 'thinking' as const, turn: 1, text: 'hm' };
    const text = (turn: number) => ({ type: 'text' as const, turn, text: 'a' });
    const pieces = piecesOf([text(0), tool('0.0'), thought, tool('1.0'), text(2)]);
    expect(pieces.map(({ key }) => key)).toEqual(['text:0', 'doing:tool:0.0', 'text:2']);
  });

  it('finds the run that a call has started, and no other id', () => {
    const id = 'run_01h455vb4pex5vsknk084sn02q';
    const agent = 'agent_01h455vb4pex5vsknk084sn02q';
    const spawned = `Started the agent ${agent} in the run ${id}. It works on by itself.`;
    expect(startedRunOf(tool('0.0', 'start_run', `Started the run ${id}. It works on by itself.`))?.id).toBe(id);
    expect(startedRunOf(tool('0.0', 'spawn_agent', spawned))).toEqual({ id, agent });
    expect(startedRunOf(tool('0.0', 'start_run', spawned))?.agent).toBeUndefined();
    expect(startedRunOf(tool('0.0', 'recall', `Started the run ${id}.`))).toBeUndefined();
    expect(startedRunOf({ ...tool('0.0', 'start_run', `no ${id}`), is_error: true })).toBeUndefined();
  });
});
