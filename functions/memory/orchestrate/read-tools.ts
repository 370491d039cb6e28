import type { HitKind } from '../hit.ts';
import type { ReadTool } from './read-tool.ts';
import { blame } from './tools/blame.ts';
import { diff } from './tools/diff.ts';
import { listEntities } from './tools/list-entities.ts';
import { log } from './tools/log.ts';
import { readEntity } from './tools/read-entity.ts';
import { readSession } from './tools/read-session.ts';
import { search } from './tools/search.ts';
import { timeline } from './tools/timeline.ts';

/** All that a model can do in a search: read. There is no shell, no write and no network among them. */
export const READ_TOOLS: readonly ReadTool[] = [
  search,
  listEntities,
  readEntity,
  log,
  diff,
  blame,
  timeline,
  readSession,
];

/** Those that read what a search may look at. */
export function toolsFor(kinds: readonly HitKind[]): ReadTool[] {
  return READ_TOOLS.filter((tool) => tool.kinds.some((kind) => kinds.includes(kind)));
}
