import { describe, expect, it } from 'vitest';
import { readStream } from '../../../../web/rooms/runs/run/run-event.ts';
import { addDeltas, addNewer, addOlder, EMPTY_LOG, hasGap } from '../../../../web/rooms/runs/run/run-events.ts';
import { EVENTS, event, STREAM } from './recorded.ts';

const whole = addNewer(EMPTY_LOG, EVENTS);

describe('the time line of a recorded sprint', () => {
  it('has a row for each turn, call, message and state, and both ends of a call are one row', () => {
    const kinds = Map.groupBy(whole.rows, ({ kind }) => kind);
    const starts = EVENTS.filter(({ type }) => type === 'tool_started').length;
    expect((kinds.get('call')?.length ?? 0) + (kinds.get('wait')?.length ?? 0)).toBe(starts);
    expect(kinds.get('turn')?.length).toBe(EVENTS.filter(({ type }) => type === 'turn_completed').length);
    expect(kinds.get('message')?.length).toBe(EVENTS.filter(({ type }) => type === 'message_sent').length);
    expect(whole.rows.every(({ state }) => state !== 'running')).toBe(true);
    expect(whole.rows.map(({ seq }) => seq)).toEqual(whole.rows.map(({ seq }) => seq).sort((a, b) => a - b));
  });

  it('is the same however the events are cut and repeated', () => {
    let log = EMPTY_LOG;
    for (let at = 0; at < EVENTS.length; at += 7) log = addNewer(log, EVENTS.slice(Math.max(0, at - 5), at + 7));
    expect(log.rows).toEqual(whole.rows);
    expect(log.lastSeq).toBe(EVENTS.at(-1)?.seq);
  });

  it('is the same when the newest page comes first and older pages follow', () => {
    let log = addNewer(EMPTY_LOG, EVENTS.slice(-50).toReversed());
    log = addOlder(log, EVENTS.slice(20, -50).toReversed());
    log = addOlder(log, EVENTS.slice(0, 20).toReversed());
    log = addOlder(log, EVENTS.slice(0, 20));
    expect(log.firstSeq).toBe(1);
    expect(new Set(log.rows.map(({ key }) => key))).toEqual(new Set(whole.rows.map(({ key }) => key)));
    expect(log.rows.length).toBe(whole.rows.length);
  });

  it('joins the newest page with the stream without a gap or a repetition', () => {
    const page = addNewer(EMPTY_LOG, EVENTS.slice(0, 50));
    const { events } = readStream(STREAM);
    expect(hasGap(page, events)).toBe(false);
    expect(addNewer(page, events).rows).toEqual(whole.rows);
    expect(hasGap(page, EVENTS.slice(60))).toBe(true);
  });

  it('keeps the object of each row that did not change', () => {
    const before = addNewer(EMPTY_LOG, EVENTS.slice(0, 60));
    const after = addNewer(before, EVENTS.slice(60, 62));
    const changed = before.rows.filter((row, index) => after.rows[index] !== row);
    expect(changed.length).toBeLessThanOrEqual(2);
    expect(before.rows.length).toBe(addNewer(EMPTY_LOG, EVENTS.slice(0, 60)).rows.length);
  });
});

describe('a call', () => {
  const start = event(1, 'tool_started', { node: 'backend', turn: 0, index: 0, tool: 'run_command' });
  const end = event(9, 'tool_completed', {
    node: 'backend',
    turn: 0,
    index: 0,
    tool: 'run_command',
    is_error: true,
    duration_ms: 5,
  });

  it('runs until its end, and a second start is a second attempt', () => {
    const running = addNewer(EMPTY_LOG, [start, event(5, 'tool_started', start.data)]);
    expect(running.rows).toMatchObject([{ state: 'running', attempts: 2 }]);
    expect(addNewer(running, [end]).rows).toMatchObject([{ state: 'failed', attempts: 2, seq: 1, durationMs: 5 }]);
  });

  it('whose start is on an older page is one row and one attempt', () => {
    const log = addOlder(addNewer(EMPTY_LOG, [end]), [start]);
    expect(log.rows).toMatchObject([{ state: 'failed', attempts: 1 }]);
  });

  it('that waited for a message is a wait for its sender', () => {
    const data = { node: 'frontend', turn: 1, index: 0, tool: 'read_messages' };
    const log = addNewer(EMPTY_LOG, [
      event(1, 'tool_started', data),
      event(30, 'tool_completed', { ...data, output: 'From backend at 2026-03-12T14:00:29Z:\nIt stands.' }),
    ]);
    expect(log.rows).toMatchObject([{ kind: 'wait', durationMs: 29_000, waitedFor: 'backend' }]);
  });
});

describe('the live text of a turn', () => {
  const delta = (text: string, more = {}) => ({
    node: 'backend',
    source: 'backend',
    turn: 0,
    text,
    reset: false,
    ...more,
  });

  it('grows, begins anew after a reset and for the next turn, and goes when the turn is recorded', () => {
    let log = addDeltas(EMPTY_LOG, [delta('One '), delta('two')]);
    expect(log.live.get('backend')?.text).toBe('One two');
    log = addDeltas(log, [delta('Again', { reset: true })]);
    expect(log.live.get('backend')?.text).toBe('Again');
    log = addDeltas(log, [delta('Next', { turn: 1 })]);
    expect(log.live.get('backend')).toMatchObject({ turn: 1, text: 'Next' });
    log = addNewer(log, [event(1, 'turn_completed', { node: 'backend', turn: 1 })]);
    expect(log.live.size).toBe(0);
    expect(addDeltas(log, [delta('late', { turn: 1 })]).live.size).toBe(0);
  });

  it('ends with the run', () => {
    const log = addDeltas(EMPTY_LOG, [delta('One')]);
    expect(addNewer(log, [event(1, 'run_cancelled')]).live.size).toBe(0);
  });
});

describe('hostile events', () => {
  it('show control characters and bidirectional marks instead of obeying them', () => {
    const log = addNewer(EMPTY_LOG, [
      event(
        1,
        'message_sent',
        { node: 'a', to: 'x\u202eb\n', content: '\u001b[31m\u2066<img src=x onerror=alert(1)>' },
        { source: 'b\u0000c' },
      ),
    ]);
    expect(log.rows[0]).toMatchObject({ who: 'a · b\\x00c', worker: 'b\\x00c', to: 'x\\u202eb\\n' });
    expect(log.rows[0]?.text).toBe('\\x1b[31m\\u2066<img src=x onerror=alert(1)>');
  });

  it('that are not as expected are still rows, and what is no JSON is left out', () => {
    const { events } = readStream([
      {
        seq: 1,
        type: 'turn_completed',
        data: '{"seq":1,"type":"turn_completed","data":{"node":7,"turn":"x"},"message":"m","source":"s","timestamp":"t","level":"info"}',
      },
      { seq: 2, type: 'turn_completed', data: '{' },
      { seq: 3, type: 'turn_completed', data: 'null' },
    ]);
    expect(addNewer(EMPTY_LOG, events).rows).toMatchObject([{ kind: 'turn', node: undefined }]);
  });

  it('cannot make a row longer than a few lines', () => {
    const log = addNewer(EMPTY_LOG, [
      event(1, 'turn_completed', { node: 'a', turn: 0 }, { message: 'x'.repeat(100_000) }),
    ]);
    expect(log.rows[0]?.text.length).toBeLessThan(500);
  });
});
