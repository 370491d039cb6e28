import { z } from 'zod';
import type { HeadRow } from '../../entities/branch/read-branch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { Instant } from '../../platform/instant.ts';
import { shownSchema } from '../../platform/models/dialects/shown-schema.ts';
import type { ToolDeclaration } from '../../platform/models/model.ts';
import type { HitKind, MemoryHit } from '../search/hit.ts';
import type { SearchQuery } from '../search/query.ts';
import type { PageItem } from './shown-sources.ts';

/** What the tools of one search may read. */
export interface ReadScope {
  /** Runs statements as the caller, under row-level security. */
  queryable: Queryable;
  kinds: readonly HitKind[];
  /** The time of the search; undefined for now. No tool shows anything later. */
  asOf: string | undefined;
  /** The commit of entity memory that all tools read, so that a concurrent commit does not mix two states. */
  head: HeadRow | undefined;
  /** Embeds a query at the cost of the search. */
  embedQuery(text: string): Promise<SearchQuery>;
}

/** The result of a tool: items in order. */
export interface Page {
  items: PageItem[];
  /** Returns the arguments for the next page when `shown` items fitted; undefined at the end. */
  next?(shown: number): Record<string, unknown> | undefined;
  /** The text for the model when there are no items. */
  empty: string;
  hits?: readonly MemoryHit[];
}

/** A mistake that the model can correct, such as an unknown path. */
export interface ToolError {
  error: string;
}

/** A tool that reads memory. It writes nothing, uses no network, and throws only for errors of ours. */
export interface ReadTool {
  name: string;
  description: string;
  /** The tool is offered in a search of at least one of these kinds. */
  kinds: readonly HitKind[];
  parameters: z.ZodType<Record<string, unknown>>;
  declaration: ToolDeclaration;
  read(parameters: Record<string, unknown>, scope: ReadScope): Promise<Page | ToolError>;
}

const Why = z.string().max(300).optional().meta({ description: 'Why you read this, in a few words' });

/** Declares a tool and adds the parameter `why`, which appears in the trace. */
export function readTool<Shape extends z.ZodRawShape>(tool: {
  name: string;
  description: string;
  kinds: readonly HitKind[];
  parameters: Shape;
  read(parameters: z.output<z.ZodObject<Shape>>, scope: ReadScope): Promise<Page | ToolError>;
}): ReadTool {
  const { name, description, kinds, read } = tool;
  const own = z.strictObject(tool.parameters);
  const parameters = z.strictObject({ ...tool.parameters, why: Why });
  const { $schema: _, ...schema } = shownSchema(parameters);
  return {
    name,
    description,
    kinds,
    parameters,
    declaration: { name, description, parameters: schema },
    read: ({ why: _why, ...rest }, scope) => read(own.parse(rest), scope),
  };
}

const isMoment = (text: string): boolean => Instant.safeParse(momentOf(text)).success;
const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);
/** Returns the end of a day in UTC, and any other time as it is. */
const momentOf = (text: string): string => (isDay(text) ? `${text}T23:59:59Z` : text);

/**
 * A time as models write it: with its zone, or a day, which means the end of that day in UTC. One check instead of a
 * union gives one error message.
 */
export const Moment = z
  .string()
  .max(50)
  .refine(isMoment, 'must be a time with its zone, or a day as YYYY-MM-DD')
  .meta({ description: 'A time with its zone, or a day as YYYY-MM-DD' });

/** Returns the earlier of the time in a call and the time of the search. */
export function effectiveAsOf(asked: string | undefined, scope: Pick<ReadScope, 'asOf'>): string | undefined {
  if (asked === undefined) return scope.asOf;
  const moment = momentOf(asked);
  return scope.asOf !== undefined && Date.parse(scope.asOf) < Date.parse(moment) ? scope.asOf : moment;
}

const MOST_NAMES = 50;

/** Lists names in an error message, so that the model can choose an existing one. */
export function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ' and more' : '');
}
