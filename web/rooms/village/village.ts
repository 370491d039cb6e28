import { useQuery, useQueryCache } from '@pinia/colada';
import { type ComputedRef, computed, onBeforeUnmount, watch } from 'vue';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/pages.ts';
import { dataOf } from '../../api/problem.ts';
import { readAgain } from '../../api/read-again.ts';
import { session } from '../../api/session.ts';
import { follow } from '../../api/socket.ts';
import { useVillageAddress } from './address.ts';
import { MOST_MARKS } from './picture/scene.ts';
import type { Statement } from './village-types.ts';

const PAGE = 100;
/** Events come in bursts: a statement, then its pairs. */
const SETTLE_MS = 400;

/** The newest statements that the caller may see, as many as the picture draws. */
export function useStatements() {
  const pages = usePages(
    () => ['village', 'statements'],
    (cursor, signal) =>
      dataOf(api.GET('/api/v1/village/knowledge', { params: { query: { limit: PAGE, cursor } }, signal })),
  );
  const items: ComputedRef<Statement[]> = pages.items;
  watch(
    items,
    ({ length }) => {
      if (length > 0 && length < MOST_MARKS && pages.hasMore.value) void pages.loadMore();
    },
    { immediate: true },
  );
  return { ...pages, items };
}

/**
 * Agreements, tensions and near pairs as of the moment of the room. What was there stays while it is read again. The
 * API names an agreement by its earliest statement; here each has an id of its own: all are marks of one picture.
 */
export function useConvergence() {
  const { asOf, floor } = useVillageAddress();
  return useQuery({
    key: () => ['village', 'convergence', asOf.value ?? '', floor.value ?? ''],
    query: async ({ signal }) => {
      const query = { as_of: asOf.value, floor: floor.value };
      const read = await dataOf(api.GET('/api/v1/village/convergence', { params: { query }, signal }));
      return {
        ...read,
        agreements: read.agreements.map((agreement) => ({ ...agreement, id: `agreement.${agreement.id}` })),
        tensions: read.tensions.map((tension) => ({ ...tension, id: `tension.${tension.id}` })),
        near: floor.value === undefined ? [] : read.near,
      };
    },
    placeholderData: (previous) => previous,
  });
}

/** Agents with their counts, the one that spoke last first. */
export function useAgents() {
  return usePages(
    () => ['village', 'agents'],
    (cursor, signal) =>
      dataOf(api.GET('/api/v1/village/agents', { params: { query: { limit: PAGE, cursor } }, signal })),
  );
}

export function useThreads() {
  return usePages(
    () => ['village', 'threads'],
    (cursor, signal) =>
      dataOf(api.GET('/api/v1/village/threads', { params: { query: { limit: 20, cursor } }, signal })),
  );
}

/** Reads the village again when it changes, for as long as the component is mounted. */
export function useLiveVillage(): void {
  const cache = useQueryCache();
  const tenant = computed(() => (session.value.kind === 'signed-in' ? session.value.user.tenant_id : undefined));
  if (tenant.value === undefined) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const { stop } = follow(`village:${tenant.value}`, ({ seq }) => {
    if (seq === undefined || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void readAgain(cache, ['village']);
    }, SETTLE_MS);
  });
  onBeforeUnmount(() => {
    stop();
    clearTimeout(timer);
  });
}
