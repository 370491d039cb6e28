import { computed } from 'vue';
import { type LocationQueryRaw, useRoute, useRouter } from 'vue-router';

/**
 * What the address of a run's page says: tab, chosen turn, filters. So reload, back and a copied link show the same.
 */

export const PAGE_TABS = ['overview', 'messages', 'files', 'logs', 'money'] as const;
export type PageTab = (typeof PAGE_TABS)[number];
export const TURN_TABS = ['said', 'told', 'tools', 'remembered', 'files', 'raw'] as const;
export type TurnTab = (typeof TURN_TABS)[number];

/** A chosen node, and perhaps one of its turns and calls. `?turn=backend:3&call=0`. */
export interface Chosen {
  node: string;
  turn: number | undefined;
  call: number | undefined;
}

export function useRunAddress() {
  const route = useRoute();
  const router = useRouter();
  const read = (name: string): string | undefined => {
    const value = route.query[name];
    return typeof value === 'string' ? value : undefined;
  };

  /**
   * Changes parts of the query; undefined removes one. Only what the user would go back to becomes a step of history.
   */
  function change(query: Record<string, string | undefined>, isStep = false): void {
    const next: LocationQueryRaw = { ...route.query, ...query };
    const target = { path: route.path, query: next };
    void (isStep ? router.push(target) : router.replace(target));
  }

  const tab = computed<PageTab>({
    get: () => PAGE_TABS.find((one) => one === read('tab')) ?? 'overview',
    set: (value) => change({ tab: value === 'overview' ? undefined : value }, true),
  });
  const turnTab = computed<TurnTab>({
    get: () => TURN_TABS.find((one) => one === read('show')) ?? (chosen.value?.call === undefined ? 'said' : 'tools'),
    set: (value) => change({ show: value }),
  });
  const chosen = computed(() => chosenIn(read('turn'), read('call')));

  function choose(next: Chosen | undefined): void {
    const turn = next && (next.turn === undefined ? next.node : `${next.node}:${next.turn}`);
    change({ turn, call: next?.call?.toString(), show: undefined, tab: undefined }, true);
  }

  return { read, change, tab, turnTab, chosen, choose };
}

export type RunAddress = ReturnType<typeof useRunAddress>;

/** Parses `backend:3`. A node's id may contain colons. */
export function chosenIn(turn: string | undefined, call: string | undefined): Chosen | undefined {
  if (turn === undefined || turn === '') return undefined;
  const [, node = turn, number] = /^(.+):(\d{1,6})$/.exec(turn) ?? [];
  const isCall = call !== undefined && /^\d{1,4}$/.test(call);
  return { node, turn: number === undefined ? undefined : Number(number), call: isCall ? Number(call) : undefined };
}
