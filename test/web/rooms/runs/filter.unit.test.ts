import { describe, expect, test } from 'vitest';
import {
  addressOf,
  chipsOf,
  countQueryOf,
  filterOf,
  isFiltered,
  listQueryOf,
  matches,
  NO_FILTER,
} from '../../../../web/rooms/runs/list/filter.ts';

describe('the filter of the list of runs', () => {
  test('survives the address', () => {
    const filter = {
      status: 'failed' as const,
      kind: 'sprint' as const,
      mine: true,
      worker: 'backend',
      text: 'a counter',
      from: '2026-11-01',
      to: '2026-11-30',
      matters: false,
    };
    const address = Object.fromEntries(Object.entries(addressOf(filter)).map(([name, value]) => [name, String(value)]));
    delete address.show;
    expect(filterOf(address)).toEqual(filter);
  });

  test('ignores what it does not know, and repeated names', () => {
    expect(
      filterOf({ status: 'odd', kind: 'chat', worker: 'nobody', from: '2026-13-99', q: ['a', 'b'], who: 'you' }),
    ).toEqual({ ...NO_FILTER, status: undefined, kind: undefined, worker: undefined, from: undefined, to: undefined });
  });

  test('a status takes the place of what matters', () => {
    expect(filterOf({ show: 'matters', status: 'failed' }).matters).toBe(false);
    expect(listQueryOf(filterOf({ show: 'matters' })).status).toBe('waiting_input,running,queued,failed,cost_exceeded');
  });

  test('the count has all filters but the status', () => {
    const filter = filterOf({ status: 'failed', kind: 'run', who: 'me', q: ' x ' });
    expect(listQueryOf(filter)).toEqual({ kind: 'run', mine: 'true', q: 'x', status: 'failed' });
    expect(countQueryOf(filter)).toEqual({ kind: 'run', mine: 'true', q: 'x' });
  });

  test('includes the whole last day', () => {
    const { created_from: from = '', created_to: to = '' } = countQueryOf(
      filterOf({ from: '2026-11-30', to: '2026-11-30' }),
    );
    expect(Date.parse(to) - Date.parse(from)).toBe(86_400_000);
    expect(new Date(from).getHours()).toBe(0);
  });

  test('shows a chip for each filter beside the status, which removes only itself', () => {
    const filter = filterOf({ kind: 'sprint', who: 'me', status: 'failed' });
    const chips = chipsOf(filter);
    expect(chips.map(({ label }) => label)).toEqual(['Team', 'Started by me']);
    expect(chips[0]?.without).toEqual({ ...filter, kind: undefined });
    expect(isFiltered(filter)).toBe(true);
    expect(isFiltered(NO_FILTER)).toBe(false);
  });

  test('tells whether a new run belongs to the list', () => {
    const run = {
      status: 'running' as const,
      kind: 'sprint',
      query: 'Build a Counter',
      agent_type: null,
      created_at: '2026-11-30T12:00:00Z',
      by: 'usr_me',
    };
    const isIn = (query: Record<string, string>) => matches(run, filterOf(query), 'usr_me');
    expect(isIn({})).toBe(true);
    expect(isIn({ q: 'counter', who: 'me', worker: 'backend', show: 'matters' })).toBe(true);
    const others: Record<string, string>[] = [
      { status: 'failed' },
      { kind: 'run' },
      { q: 'clock' },
      { worker: 'coder' },
      { to: '2026-11-01' },
    ];
    for (const other of others) expect(isIn(other), JSON.stringify(other)).toBe(false);
    expect(matches(run, filterOf({ who: 'me' }), 'usr_other')).toBe(false);
  });
});
