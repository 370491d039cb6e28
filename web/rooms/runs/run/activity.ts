import type { Answer } from '../../../api/client.ts';

/** How many events a run had over its time, and the range of it that is chosen. */
export type Activity = Answer<'/api/v1/runs/{id}/activity', 'get'>;

export interface Bar {
  /** Percent of the height. */
  height: number;
  hasProblems: boolean;
}

/** Heights grow with the logarithm: a burst does not make the rest vanish, and one event is still seen. */
export function barsOf({ buckets }: Activity): Bar[] {
  const most = Math.max(1, ...buckets.map(({ events }) => events));
  return buckets.map(({ events, problems }) => ({
    height: events === 0 ? 0 : Math.max(12, Math.round((Math.log1p(events) / Math.log1p(most)) * 100)),
    hasProblems: problems > 0,
  }));
}

/** The moment at a step; step 0 is the start and the last step the end. */
export function momentAt({ from, to, buckets }: Activity, step: number): number {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  return Math.round(start + ((end - start) * step) / buckets.length);
}

/** The step that is nearest to a moment. */
export function stepAt({ from, to, buckets }: Activity, moment: number): number {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  if (end <= start) return 0;
  return Math.min(buckets.length, Math.max(0, Math.round(((moment - start) / (end - start)) * buckets.length)));
}

/** The number of the first event from a step on: the log has to be read back to it. */
export function firstSeqFrom({ buckets }: Activity, step: number): number | undefined {
  return buckets.slice(step).find(({ first_seq: first }) => first !== null)?.first_seq ?? undefined;
}
