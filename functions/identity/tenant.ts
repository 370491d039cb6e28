import { z } from 'zod';
import { idSchema } from '../platform/id.ts';
import { ConfiguredPrice, ConfiguredPrices, MOST_PRICES, PricedModel } from '../platform/models/configured-price.ts';
import { DEFAULT_MODELS, declaredChoice } from '../platform/models/default-models.ts';
import { ModelChoice } from '../platform/models/model.ts';

/**
 * The workers of runs (`functions/runs/workers/`) and the built-in types of agents (`functions/agents/types/`), which
 * tests compare with their files, and the entries that stand for all others and for memory.
 */
export const CONFIGURABLE = [
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
const ConfigurableWorker = z
  .string()
  .regex(new RegExp(`^(${CONFIGURABLE.join('|')})$`), `must be one of ${CONFIGURABLE.join(', ')}`);

/** A stored name: a worker of an earlier version may be gone. */
const WorkerName = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, 'must be the name of a worker, such as backend');

/** The names of providers that stand for their default models. */
const PROVIDERS = Object.keys(DEFAULT_MODELS) as (keyof typeof DEFAULT_MODELS)[];

/** A provider stands for the model of DEFAULT_MODEL if that is of this provider, else for its default model. */
const DefaultOfProvider = z.enum(PROVIDERS).transform((provider): ModelChoice => {
  const declared = declaredChoice();
  return declared?.provider === provider ? declared : { provider, model: DEFAULT_MODELS[provider].model };
});

const Choice = z.union([ModelChoice, DefaultOfProvider], {
  error: `must be {provider, model}, or one of ${PROVIDERS.join(', ')} for its default model`,
});

/**
 * Maps a worker's name to its model, as it is stored. Other workers use the entry `default`, else the deployment's
 * default model.
 */
export const WorkerConfig = z.record(WorkerName, ModelChoice);

export const TenantName = z.string().trim().min(1).max(200);

const settings = {
  name: TenantName,
  worker_config: WorkerConfig,
  max_concurrent_sprints: z.int().min(1).max(1000),
  /** Nodes of all runs that may work at the same time. */
  max_parallel_nodes: z.int().min(1).max(10_000),
  /** Hosts that commands of the tenant's runs may reach. A run names the hosts that it needs among them. */
  allowed_hosts: z
    .array(
      z
        .string()
        .max(255)
        .toLowerCase()
        .regex(/^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/, 'must be a host name'),
    )
    .max(100),
  /** Budget of all runs in a day (UTC), in US dollars. Null means no limit. */
  budget_usd_per_day: z.number().min(0).max(1_000_000).nullable(),
  /**
   * What models cost that the price table does not have, such as those on a server of your own, which are free without
   * an entry. A listed model of a provider keeps its list price.
   */
  prices: ConfiguredPrices,
};

export const Tenant = z.strictObject({
  id: idSchema('ten'),
  slug: z.string(),
  ...settings,
  created_at: z.iso.datetime({ offset: true }),
});

const MERGED =
  'Merged with the entries that are set (RFC 7396): null removes an entry; null for the whole, all of them.';

/**
 * Settings to change; omitted settings stay as they are. `worker_config` and `prices` are merged by key. An entry is
 * replaced as a whole, because its capabilities or its price belong to the model that it names.
 */
export const TenantChange = z
  .strictObject({
    ...settings,
    worker_config: z
      .record(ConfigurableWorker, Choice.nullable())
      .nullable()
      .meta({
        description: `The model of each worker: {provider, model}, or the name of a provider. \`default\` is the model of all others, \`memory\` the one that learns. ${MERGED}`,
        examples: [{ backend: 'qwen', frontend: { provider: 'gemini', model: 'gemini-3.8-flash' }, devops: null }],
      }),
    prices: z
      .record(PricedModel, ConfiguredPrice.nullable())
      .nullable()
      .meta({
        description: `US dollars per million tokens by provider/model, for models without a list price and for servers of your own. Without an entry, a server of your own (a local address, whatever the model is called) is free, and an unknown model of a provider has an upper bound. At most ${MOST_PRICES}. ${MERGED}`,
        examples: [{ 'openai/qwen3:8b': { input_per_million: '0.05', output_per_million: '0.2' } }],
      }),
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'must contain at least one setting');
export type TenantChange = z.infer<typeof TenantChange>;
