/**
 * The settings of a team as a form has them, and the change that is sent. Only what differs from the stored settings is
 * sent, so two admins who change different settings do not undo each other. Pure.
 */

interface Choice {
  provider: Provider;
  model: string;
}
interface Price {
  input_per_million: string;
  output_per_million: string;
  cached_input_per_million?: string;
}
export const PROVIDERS = ['gemini', 'claude', 'openai', 'qwen', 'rehearsal'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** The entries of `worker_config`: the one for all others, memory, then the workers. */
export const WORKERS = [
  'default',
  'memory',
  'planner',
  'chef',
  'backend',
  'frontend',
  'devops',
  'coder',
  'formatter',
  'retriever',
  'summarizer',
  'thinker',
  'assistant',
  'general',
  'researcher',
  'analyst',
  'writer',
] as const;

interface Limits {
  name: string;
  budget_usd_per_day: number | null;
  max_concurrent_sprints: number;
  max_parallel_nodes: number;
  allowed_hosts: readonly string[];
}

/** Texts of fields. */
export interface LimitsDraft {
  name: string;
  budget: string;
  concurrent: string;
  parallel: string;
  hosts: string;
}

export function limitsDraft(tenant: Limits): LimitsDraft {
  return {
    name: tenant.name,
    budget: tenant.budget_usd_per_day === null ? '' : String(tenant.budget_usd_per_day),
    concurrent: String(tenant.max_concurrent_sprints),
    parallel: String(tenant.max_parallel_nodes),
    hosts: tenant.allowed_hosts.join('\n'),
  };
}

/** Returns the settings that the draft changes; none when it changes nothing. A number that is none is NaN. */
export function limitsChange(tenant: Limits, draft: LimitsDraft): Partial<Limits> {
  const budget = draft.budget.trim();
  const hosts = draft.hosts.split(/[\s,]+/).filter((host) => host !== '');
  const wanted: Limits = {
    name: draft.name.trim(),
    budget_usd_per_day: budget === '' ? null : numberIn(budget),
    max_concurrent_sprints: numberIn(draft.concurrent),
    max_parallel_nodes: numberIn(draft.parallel),
    allowed_hosts: hosts,
  };
  return changedIn<Limits>(tenant, wanted);
}

/** An empty text is no number. */
function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

function changedIn<T extends object>(stored: T, wanted: T): Partial<T> {
  const names = Object.keys(wanted) as (keyof T)[];
  const changed = names.filter((name) => String(stored[name]) !== String(wanted[name]));
  return Object.fromEntries(changed.map((name) => [name, wanted[name]])) as Partial<T>;
}

/** The model of a worker in fields. Without a provider the worker has no entry. */
export interface ModelDraft {
  worker: string;
  provider: string;
  model: string;
}

/** Returns a row for each worker, and for stored entries of workers that are gone. */
export function modelDrafts(config: Readonly<Record<string, Choice>>): ModelDraft[] {
  const gone = Object.keys(config).filter((name) => !WORKERS.some((worker) => worker === name));
  return [...WORKERS, ...gone].map((worker) => ({
    worker,
    provider: config[worker]?.provider ?? '',
    model: config[worker]?.model ?? '',
  }));
}

/** Returns the entries that the rows change: null removes one. Its capabilities stay while its model stays. */
export function modelChange(config: Readonly<Record<string, Choice>>, rows: readonly ModelDraft[]) {
  const change: Record<string, Choice | null> = {};
  for (const { worker, provider, model } of rows) {
    const stored = config[worker];
    const known = PROVIDERS.find((one) => one === provider);
    if (known === undefined) {
      if (stored !== undefined && provider === '') change[worker] = null;
    } else if (stored?.provider !== known || stored.model !== model.trim())
      change[worker] = { provider: known, model: model.trim() };
  }
  return change;
}

/** A price in fields. */
export interface PriceDraft {
  model: string;
  input: string;
  output: string;
  cached: string;
}

export function priceDrafts(prices: Readonly<Record<string, Price>>): PriceDraft[] {
  return Object.entries(prices).map(([model, price]) => ({
    model,
    input: price.input_per_million,
    output: price.output_per_million,
    cached: price.cached_input_per_million ?? '',
  }));
}

/** Returns the prices that the rows change: null removes one that no row has any more. */
export function priceChange(prices: Readonly<Record<string, Price>>, rows: readonly PriceDraft[]) {
  const change: Record<string, Price | null> = {};
  for (const row of rows) {
    const model = row.model.trim();
    if (model === '') continue;
    const price = { input_per_million: row.input.trim(), output_per_million: row.output.trim() };
    const cached = row.cached.trim();
    const wanted = cached === '' ? price : { ...price, cached_input_per_million: cached };
    if (!isSamePrice(prices[model], wanted)) change[model] = wanted;
  }
  for (const model of Object.keys(prices)) if (!rows.some((row) => row.model.trim() === model)) change[model] = null;
  return change;
}

function isSamePrice(stored: Price | undefined, wanted: Price): boolean {
  return (
    stored?.input_per_million === wanted.input_per_million &&
    stored.output_per_million === wanted.output_per_million &&
    stored.cached_input_per_million === wanted.cached_input_per_million
  );
}
