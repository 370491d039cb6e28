import { describe, expect, test } from 'vitest';
import {
  durationOf,
  NO_CHANGES,
  outcomeOf,
  type RunRow,
  shownRows,
  withChanges,
  workersOf,
} from '../../../../web/rooms/runs/list/rows.ts';

function row(id: string, created: string, change: Partial<RunRow> = {}): RunRow {
  return {
    id,
    status: 'running',
    budget_usd: null,
    cost_usd: '0',
    tokens: { input: 0, output: 0, cached: 0, total: 0 },
    error: null,
    scripted: false,
    created_at: created,
    started_at: created,
    completed_at: null,
    kind: 'sprint',
    query: 'A task',
    agent_type: null,
    replay_of: null,
    started_by: { user_id: 'usr_1', name: 'Ada' },
    open_questions: 0,
    result: null,
    ...change,
  };
}

const read = [row('run_2', '2026-11-30T10:02:00Z'), row('run_1', '2026-11-30T10:01:00Z')];
const all = () => true;
const deleted: { id: string }[] = [];

describe('the live list', () => {
  test('changes shown rows in place and counts new ones', () => {
    const changed = [
      row('run_1', '2026-11-30T10:01:00Z', { status: 'completed' }),
      row('run_3', '2026-11-30T10:03:00Z'),
    ];
    const live = withChanges(NO_CHANGES, read, { changed, deleted, matches: all });
    expect(shownRows(read, live).map(({ id, status }) => [id, status])).toEqual([
      ['run_2', 'running'],
      ['run_1', 'completed'],
    ]);
    expect(live.fresh.map(({ id }) => id)).toEqual(['run_3']);
  });

  test('counts a new run once, newest first, and only when the filter has it', () => {
    const first = withChanges(NO_CHANGES, read, {
      changed: [row('run_3', '2026-11-30T10:03:00Z')],
      deleted,
      matches: all,
    });
    const again = withChanges(first, read, {
      changed: [row('run_3', '2026-11-30T10:03:00Z', { status: 'failed' }), row('run_4', '2026-11-30T10:04:00Z')],
      deleted,
      matches: all,
    });
    expect(again.fresh.map(({ id, status }) => [id, status])).toEqual([
      ['run_4', 'running'],
      ['run_3', 'failed'],
    ]);
    const none = withChanges(NO_CHANGES, read, {
      changed: [row('run_5', '2026-11-30T10:05:00Z')],
      deleted,
      matches: () => false,
    });
    expect(none.fresh).toEqual([]);
  });

  test('an older run of another page is not new', () => {
    const live = withChanges(NO_CHANGES, read, {
      changed: [row('run_0', '2026-11-30T09:00:00Z')],
      deleted,
      matches: all,
    });
    expect(live.fresh).toEqual([]);
    expect(shownRows(read, live)).toEqual(read);
  });

  test('drops runs that were deleted elsewhere, of the shown rows and of the new ones, and for good', () => {
    const first = withChanges(NO_CHANGES, read, {
      changed: [row('run_3', '2026-11-30T10:03:00Z'), row('run_4', '2026-11-30T10:04:00Z')],
      deleted,
      matches: all,
    });
    const second = withChanges(first, read, { changed: [], deleted: [{ id: 'run_2' }, { id: 'run_4' }], matches: all });
    expect(shownRows(read, second).map(({ id }) => id)).toEqual(['run_1']);
    expect(second.fresh.map(({ id }) => id)).toEqual(['run_3']);
    // An answer that was sent before the deletion arrives after it.
    const late = withChanges(second, read, {
      changed: [row('run_2', '2026-11-30T10:02:00Z'), row('run_4', '2026-11-30T10:04:00Z')],
      deleted,
      matches: all,
    });
    expect(shownRows(read, late).map(({ id }) => id)).toEqual(['run_1']);
    expect(late.fresh.map(({ id }) => id)).toEqual(['run_3']);
  });
});

describe('a row', () => {
  test('says how long a run took or works', () => {
    const [start, end] = ['2026-11-30T10:00:00Z', '2026-11-30T10:01:15Z'];
    expect(durationOf({ started_at: null, completed_at: null }, 0)).toBeUndefined();
    expect(durationOf({ started_at: start, completed_at: end }, 0)).toBe('1 min 15 s');
    expect(durationOf({ started_at: start, completed_at: null }, Date.parse(end))).toBe('1 min 15 s');
  });

  test('names who works', () => {
    expect(workersOf({ kind: 'sprint', agent_type: null })).toBe('Team');
    expect(workersOf({ kind: 'run', agent_type: 'planner' })).toBe('Planner');
    expect(workersOf({ kind: 'run', agent_type: 'thinker' })).toBe('thinker');
  });

  test('shows the error, else the result, on one line without Markdown', () => {
    expect(outcomeOf({ error: 'It failed', result: 'x' })).toBe('It failed');
    expect(outcomeOf({ error: null, result: '[Scripted rehearsal: no model was called.] # Done\n\n* `a`' })).toBe(
      'Done a',
    );
    expect(outcomeOf({ error: null, result: null })).toBeUndefined();
  });
});
