import { describe, expect, it } from 'vitest';
import { TenantPace } from '../../../functions/platform/queue/cloud-tasks.ts';

const NOW = 1_700_000_000_000;

/** Returns how many milliseconds after now each task is due. */
function delaysOf(pace: TenantPace, tenant: string, count: number, now = NOW): number[] {
  return Array.from({ length: count }, () => (pace.dueAt(tenant, undefined, now)?.getTime() ?? now) - now);
}

describe('the pace of a tenant', () => {
  it('makes a burst due at once and spreads the rest evenly, in order', () => {
    const delays = delaysOf(new TenantPace(), 'a', 100_000);
    expect(delays.slice(0, 200)).toEqual(Array.from({ length: 200 }, () => 0));
    expect(delays.slice(200, 203)).toEqual([20, 40, 60]);
    expect(delays.at(-1)).toBe((100_000 - 200) * 20);
  });

  it('does not affect other tenants', () => {
    const pace = new TenantPace();
    delaysOf(pace, 'a', 10_000);
    expect(delaysOf(pace, 'b', 3)).toEqual([0, 0, 0]);
  });

  it('allows a new burst after a pause', () => {
    const pace = new TenantPace();
    delaysOf(pace, 'a', 300);
    expect(delaysOf(pace, 'a', 1, NOW + 1_000)[0]).toBe(1_020);
    expect(delaysOf(pace, 'a', 201, NOW + 60_000).filter((delay) => delay === 0)).toHaveLength(200);
  });

  it('does not make a task due before its notBefore', () => {
    const later = new Date(NOW + 5_000);
    expect(new TenantPace().dueAt('a', later, NOW)).toEqual(later);
    expect(new TenantPace().dueAt('a', new Date(NOW - 5_000), NOW)).toBeUndefined();
  });
});
