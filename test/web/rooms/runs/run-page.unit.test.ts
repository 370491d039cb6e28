import { describe, expect, it } from 'vitest';
import { escapeControls, escapeName } from '../../../../functions/platform/escape-controls.ts';
import { barsOf, firstSeqFrom, momentAt, stepAt } from '../../../../web/rooms/runs/run/activity.ts';
import { inputsOf } from '../../../../web/rooms/runs/run/call-inputs.ts';
import { treeOf } from '../../../../web/rooms/runs/run/file-tree.ts';
import { lanesOf, messageOf } from '../../../../web/rooms/runs/run/lanes.ts';
import { type RowFilter, visibleRows } from '../../../../web/rooms/runs/run/row-filter.ts';
import { addNewer, EMPTY_LOG } from '../../../../web/rooms/runs/run/run-events.ts';
import { versionBefore, wishedVersion } from '../../../../web/rooms/runs/run/versions.ts';
import { visible, visibleName } from '../../../../web/text/visible.ts';
import { EVENTS } from './recorded.ts';

const ALL: RowFilter = { node: '', kind: '', level: '', matters: false, search: '', from: undefined, until: undefined };

describe('filters of the time line', () => {
  const { rows } = addNewer(EMPTY_LOG, EVENTS);

  it('show a sent message once, as the message', () => {
    const shown = visibleRows(rows, ALL);
    expect(shown.some(({ kind, tool }) => kind === 'call' && tool === 'send_message')).toBe(false);
    expect(shown.filter(({ kind }) => kind === 'message').length).toBeGreaterThan(3);
  });

  it('narrow by node, kind, words and time', () => {
    expect(visibleRows(rows, { ...ALL, node: 'backend' }).every(({ node }) => node === 'backend')).toBe(true);
    expect(visibleRows(rows, { ...ALL, kind: 'turn' }).every(({ kind }) => kind === 'turn')).toBe(true);
    expect(visibleRows(rows, { ...ALL, search: 'SERVER.JS' }).length).toBeGreaterThan(0);
    expect(visibleRows(rows, { ...ALL, until: Date.parse(rows[4]?.at ?? '') }).length).toBeLessThan(rows.length / 2);
    expect(
      visibleRows(rows, { ...ALL, level: 'error' }).every(
        ({ level, state }) => level === 'error' || state === 'failed',
      ),
    ).toBe(true);
  });

  it('leave out what goes as expected', () => {
    const shown = visibleRows(rows, { ...ALL, matters: true });
    expect(shown.length).toBeLessThan(visibleRows(rows, ALL).length);
    expect(shown.some(({ type }) => type === 'node_started')).toBe(false);
    expect(shown.some(({ type }) => type === 'run_completed')).toBe(true);
  });
});

describe('parts of the page', () => {
  it('escape the same characters as the server', () => {
    const hostile = Array.from({ length: 0x2100 }, (_, code) => String.fromCharCode(code)).join('');
    expect(visible(hostile)).toBe(escapeControls(hostile));
    expect(visibleName(hostile)).toBe(escapeName(hostile));
  });

  it('draw files as a tree with folders first, and closed folders hide theirs', () => {
    const files = ['b.txt', 'a/c/x.js', 'a/b.js', 'z/y'].map((path) => ({ path, size: 1 }));
    expect(treeOf(files, new Set()).map(({ path }) => path)).toEqual([
      'a',
      'a/c',
      'a/c/x.js',
      'a/b.js',
      'z',
      'z/y',
      'b.txt',
    ]);
    expect(treeOf(files, new Set(['a'])).map(({ path }) => path)).toEqual(['a', 'z', 'z/y', 'b.txt']);
  });

  it('give each worker who writes or reads a lane, in the order of the first message', () => {
    const messages = EVENTS.filter(({ type }) => type === 'message_sent')
      .map(messageOf)
      .toReversed();
    expect(lanesOf(messages).map(({ name }) => name)).toEqual(['chef', 'backend', 'frontend', 'devops']);
  });

  it('show long arguments of a call as they are', () => {
    expect(inputsOf({ path: 'a.js', content: 'let a;\nlet b;' })).toEqual([
      { name: '', code: '{\n  "path": "a.js"\n}', language: 'json' },
      { name: 'content', code: 'let a;\nlet b;', language: 'javascript' },
    ]);
    expect(inputsOf({})).toEqual([{ name: '', code: '{}', language: 'json' }]);
  });

  it('choose the version that a turn wrote, or that was there at a moment', () => {
    const version = (number: number, turn: number) => ({
      number,
      node: 'backend',
      turn,
      updated_by: 'backend',
      size: 1,
      sha256: 'x',
      deleted: false,
      available: true,
      created_at: new Date(number * 1_000).toISOString(),
    });
    const versions = [version(3, 7), version(2, 5), version(1, 2)];
    expect(wishedVersion(versions, { node: 'backend', turn: 5 })?.number).toBe(2);
    expect(wishedVersion(versions, { moment: 2_500 })?.number).toBe(2);
    expect(wishedVersion(versions, {})?.number).toBe(3);
    expect(versionBefore(versions, versions[1] ?? version(0, 0))?.number).toBe(1);
    expect(wishedVersion([], { moment: 1 })).toBeUndefined();
  });

  it('turn steps of the scrubber into moments and back', () => {
    const bucket = (events: number, first: number | null) => ({
      events,
      problems: events > 5 ? 1 : 0,
      first_seq: first,
    });
    const activity = {
      from: '2026-03-12T14:00:00Z',
      to: '2026-03-12T14:00:40Z',
      buckets: [bucket(1, 1), bucket(0, null), bucket(9, 2), bucket(0, null)],
    };
    expect(momentAt(activity, 2)).toBe(Date.parse('2026-03-12T14:00:20Z'));
    expect(stepAt(activity, momentAt(activity, 3))).toBe(3);
    expect(firstSeqFrom(activity, 1)).toBe(2);
    expect(firstSeqFrom(activity, 3)).toBeUndefined();
    expect(barsOf(activity).map(({ height, hasProblems }) => [height > 0, hasProblems])).toEqual([
      [true, false],
      [false, false],
      [true, true],
      [false, false],
    ]);
  });
});
