import { useQuery } from '@pinia/colada';
import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { type Answer, api } from '../../api/client.ts';
import { dataOf } from '../../api/problem.ts';
import { session } from '../../api/session.ts';
import { now } from '../../parts/clock.ts';
import { dayIn, periodIn } from './period.ts';
import type { Measure } from './stacks.ts';

export type Report = Answer<'/api/v1/usage', 'get'>;
export type Split = 'kind' | 'model' | 'worker';

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The report that the address names: its period, whose usage, how days are split, and what bars show. */
export function useReport() {
  const route = useRoute();
  const router = useRouter();
  const today = computed(() => dayIn(now.value, zone));
  const period = computed(() => periodIn(route.query, today.value));
  const isAdmin = computed(() => session.value.kind === 'signed-in' && session.value.user.role === 'admin');
  const scope = computed<Report['scope']>(() => (isAdmin.value && route.query.scope === 'tenant' ? 'tenant' : 'mine'));
  const split = computed<Split>(() =>
    route.query.split === 'model' || route.query.split === 'worker' ? route.query.split : 'kind',
  );
  const report = useQuery({
    key: () => ['usage', period.value.from, period.value.to, scope.value, split.value],
    query: ({ signal }) => {
      const { from, to } = period.value;
      const query = { from, to, zone, scope: scope.value, split: split.value };
      return dataOf(api.GET('/api/v1/usage', { params: { query }, signal }));
    },
    placeholderData: (previous: Report | undefined) => previous,
  });
  const isFree = computed(() => report.data.value?.total.cost_usd === '0');
  const measure = computed<Measure>(() => {
    const { measure: wanted } = route.query;
    return wanted === 'cost' || wanted === 'tokens' || wanted === 'calls' ? wanted : isFree.value ? 'tokens' : 'cost';
  });
  /** Changes the address; undefined removes a part of it. */
  const go = (change: Record<string, string | undefined>) => router.replace({ query: { ...route.query, ...change } });
  return { report, period, scope, split, measure, isFree, isAdmin, today, go };
}
