import { useMutation, useQuery, useQueryCache } from '@pinia/colada';
import { computed, onBeforeUnmount, watch } from 'vue';
import { useRouter } from 'vue-router';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import { notify } from '../../../parts/announce.ts';
import { text } from '../../../text/memory-more.ts';
import { useMemoryAddress } from '../address.ts';
import { renewMemory } from '../renew.ts';
import { shorten } from '../time/words.ts';
import { remember } from './decided.ts';
import { type BlockName, blocksOf } from './decision.ts';

const PAUSE_MS = 2_000;

/** Reads a staged session, and decides about it. A decision leads to the list, which says what happened. */
export function useStagedSession(jobId: () => string) {
  const address = useMemoryAddress();
  const cache = useQueryCache();
  const router = useRouter();
  const job = useQuery({
    key: () => [...address.key.value, 'jobs', jobId()],
    query: ({ signal }) => {
      const params = { path: { id: jobId() }, query: address.owner.value };
      return dataOf(api.GET('/api/v1/memory/jobs/{id}', { params, signal }));
    },
  });
  const sessionId = computed(() => job.data.value?.session_id);
  const source = useQuery({
    key: () => [...address.key.value, 'sources', sessionId.value ?? ''],
    query: ({ signal }) => {
      const params = { path: { source_id: sessionId.value ?? '' }, query: address.owner.value };
      return dataOf(api.GET('/api/v1/memory/sources/{source_id}', { params, signal }));
    },
    enabled: () => sessionId.value !== undefined,
  });
  pollWhileQueued(job);

  const title = computed(() => shorten(source.data.value?.title ?? sessionId.value ?? '', 120));
  const blocks = computed(() => blocksOf(job.data.value?.changes ?? []));

  async function leave(outcome: string, paths: string[]) {
    const subject = address.subject.value ?? '';
    remember({ subject, sourceId: sessionId.value ?? '', title: title.value, outcome, paths });
    notify(`${title.value}: ${outcome}`);
    await router.push(address.linkTo('/memory/staged'));
    await renewMemory(cache);
  }

  /** Undefined blocks: all of them. */
  const accepting = useMutation({
    mutation: (chosen: BlockName[] | undefined) => {
      const body = { session_id: sessionId.value ?? '', ...(chosen && { blocks: chosen }), ...address.owner.value };
      return dataOf(api.POST('/api/v1/memory/commit-session', { body, params: { query: { wait: 10 } } }));
    },
    onSuccess: async (answer, chosen) => {
      const { all, some, queued } = text.staged.receipts;
      const count = blocks.value.length;
      const kept = chosen?.length ?? count;
      const outcome = answer.status === 'queued' ? queued : kept < count ? some(kept, count - kept) : all(count);
      await leave(outcome, [...new Set((chosen ?? blocks.value).map(({ path }) => path))]);
    },
  });
  const restaging = useMutation({
    mutation: () => {
      const body = { session_id: sessionId.value ?? '', on_conflict: 'restage' as const, ...address.owner.value };
      return dataOf(api.POST('/api/v1/memory/commit-session', { body }));
    },
    onSuccess: async () => {
      accepting.reset();
      await job.refetch();
    },
  });
  const rejecting = useMutation({
    mutation: () => {
      const body = { source_id: sessionId.value ?? '', ...address.owner.value };
      return dataOf(api.POST('/api/v1/memory/revert', { body }));
    },
    onSuccess: () => leave(text.staged.receipts.rejected, []),
  });
  return { job, source, title, blocks, accepting, restaging, rejecting };
}

/** Reads the job again every 2 s while the server still reads the session and the tab is seen. */
function pollWhileQueued(job: { data: { value: { status: string } | undefined }; refetch: () => Promise<unknown> }) {
  let timer: ReturnType<typeof setInterval> | undefined;
  watch(
    () => job.data.value?.status === 'queued',
    (isQueued) => {
      clearInterval(timer);
      if (isQueued) timer = setInterval(() => !document.hidden && void job.refetch(), PAUSE_MS);
    },
    { immediate: true },
  );
  onBeforeUnmount(() => clearInterval(timer));
}
