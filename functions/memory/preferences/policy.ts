import type { Hub } from './hub.ts';

/**
 * Which hubs which worker is told, as data. Nobody's identity changes what is built or which tool is used: only those who write for a person know who he is.
 * A name that is not here is told how its person wants things.
 */
export const HUBS_OF_WORKER: Record<string, readonly Hub[]> = {
  chef: ['preferences', 'operating_ctx'],
  planner: ['preferences', 'operating_ctx'],
  backend: ['preferences', 'operating_ctx'],
  frontend: ['preferences', 'operating_ctx'],
  coder: ['preferences', 'operating_ctx'],
  devops: ['preferences', 'operating_ctx'],
  retriever: ['operating_ctx'],
  formatter: ['preferences', 'soft_identity'],
  summarizer: ['preferences', 'soft_identity'],
};

export const HUBS_OF_OTHERS: readonly Hub[] = ['preferences'];

/** What is believed less is not told. */
export const LEAST_CONFIDENCE = 0.25;
