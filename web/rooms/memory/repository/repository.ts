import { useQuery } from '@pinia/colada';
import { computed, onBeforeUnmount, watch } from 'vue';
import { type Answer, api } from '../../../api/client.ts';
import { ApiError, dataOf } from '../../../api/problem.ts';
import { session } from '../../../api/session.ts';
import { useMemoryAddress } from '../address.ts';

export type RepositoryStatus = Answer<'/api/v1/repos/status/{user_id}', 'get'>;
export type SyncReport = NonNullable<RepositoryStatus['sync']>;

const PAUSE_MS = 2_000;

/** Reads the state of the repository, null for an unknown user. Reads it again every 2 s while a sync runs. */
export function useRepository(isNeeded: () => boolean = () => true) {
  const address = useMemoryAddress();
  const userId = computed(
    () => address.subject.value ?? (session.value.kind === 'signed-in' ? session.value.user.id : ''),
  );
  const key = computed(() => [...address.key.value, 'repository']);
  const status = useQuery({
    key: () => key.value,
    query: async ({ signal }): Promise<RepositoryStatus | null> => {
      const params = { path: { user_id: userId.value } };
      try {
        return await dataOf(api.GET('/api/v1/repos/status/{user_id}', { params, signal }));
      } catch (error) {
        // Of a user of an application, who may not exist.
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    enabled: isNeeded,
  });
  const isSyncing = computed(() => {
    const link = status.data.value?.link;
    return link?.status === 'linked' && link.is_syncing;
  });
  let timer: ReturnType<typeof setInterval> | undefined;
  watch(
    isSyncing,
    (syncs) => {
      clearInterval(timer);
      if (syncs) timer = setInterval(() => !document.hidden && void status.refetch(), PAUSE_MS);
    },
    { immediate: true },
  );
  onBeforeUnmount(() => clearInterval(timer));
  return { status, key, isSyncing };
}

/** Returns what the last sync found, as sentences for the report. Pure. */
export function causesOf(sync: SyncReport): string[] {
  if (sync.outcome === 'refused') return sync.reasons;
  if (sync.outcome === 'conflict' || sync.outcome === 'synced') return sync.faults ?? [];
  return [sync.error, ...(sync.faults ?? [])];
}

/** Returns the web address of a linked repository when it is one of https. Pure. */
export function webAddress(repoUrl: string): string {
  return repoUrl.replace(/^https:\/\//, '').replace(/\.git$/, '');
}
