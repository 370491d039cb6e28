import { shallowRef } from 'vue';

/** What happened to a staged session in this tab, for the list that follows the decision. */
export interface Decided {
  /** Whose memory; empty: the caller's own. */
  subject: string;
  sourceId: string;
  title: string;
  outcome: string;
  /** The files that changed. */
  paths: string[];
}

const MOST = 5;

/** The decisions of this tab, newest first. Another user who signs in reloads the page. */
export const decided = shallowRef<Decided[]>([]);

export function remember(one: Decided): void {
  decided.value = [one, ...decided.value.filter(({ sourceId }) => sourceId !== one.sourceId)].slice(0, MOST);
}
