import { computed, shallowRef } from 'vue';
import { type Answer, api } from '../api/client.ts';
import { ApiError, dataOf } from '../api/problem.ts';
import { formatList, formatRelative } from '../text/format.ts';
import { text } from '../text/parts-runs.ts';
import { now } from './clock.ts';
import { useLastLook } from './last-look.ts';
import { usePoll } from './poll.ts';

export type RunChanges = Answer<'/api/v1/runs/changes', 'get'>;

const POLL_MS = 3_000;

/**
 * Hears of runs that change or are deleted, each 3 s while the tab is seen. The first answer has what has changed since
 * the user last looked at `place`; without an earlier look it has no runs and `isFirst` is true. Returns the sentence
 * about the time since the last look.
 */
export function useRunChanges(
  place: string,
  onChanges: (changes: RunChanges, isFirst: boolean) => void | Promise<void>,
) {
  const watermark = shallowRef<string>();
  const counts = shallowRef<RunChanges['counts']>();
  const look = useLastLook(place, () => watermark.value);
  watermark.value = look?.watermark;

  usePoll(async (signal) => {
    const since = watermark.value;
    const query = since === undefined ? {} : { since };
    const changes = await dataOf(api.GET('/api/v1/runs/changes', { params: { query }, signal })).catch((error) => {
      // A watermark that the server no longer reads: another key, or another database.
      if (error instanceof ApiError && [400, 422].includes(error.status)) watermark.value = undefined;
      throw error;
    });
    watermark.value = changes.watermark;
    if (since !== undefined && since === look?.watermark) counts.value ??= changes.counts;
    await onChanges(changes, since === undefined);
  }, POLL_MS);

  return {
    news: computed(() => {
      const parts = counts.value === undefined ? [] : partsOf(counts.value);
      return look === undefined || parts.length === 0
        ? undefined
        : text.since(formatRelative(look.at, now.value), formatList(parts));
    }),
    look,
  };
}

/** Returns "2 done", "1 failed" for what has happened. */
export function partsOf(counts: RunChanges['counts']): string[] {
  return (['completed', 'failed', 'waiting_input', 'cancelled'] as const).flatMap((what) =>
    counts[what] === 0 ? [] : [text.happened[what](counts[what])],
  );
}
