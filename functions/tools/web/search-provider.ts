import type { Usage } from '../../platform/models/model.ts';
import type { Bought } from '../../usage/usage.ts';

export interface SearchHit {
  title: string;
  url: string;
  snippet: string;
}

export interface WebSearch {
  hits: SearchHit[];
  usage: Usage;
  /** US dollars as exact decimal text. */
  cost: string;
}

/** A paid search engine. */
export interface SearchProvider {
  /** Provider and model as the usage ledger names them. */
  choice: Bought;
  /** The highest possible cost of one search, in US dollars. It is reserved before the search. */
  worstCase: string;
  /** @throws ModelError when the search fails; the signal's reason when it is aborted */
  search(query: string, count: number, signal: AbortSignal): Promise<WebSearch>;
}
