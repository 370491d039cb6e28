import { z } from 'zod';
import { hasYear, Instant } from '../../entities/as-of.ts';
import type { HeadRow } from '../../entities/branch/read-branch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { ToolDeclaration } from '../../platform/models/model.ts';
import type { HitKind, MemoryHit } from '../hit.ts';
import type { Question } from '../search.ts';
import type { Piece } from './reading.ts';

/** What every tool reads from. All statements are the caller's own, under row-level security. */
export interface Desk {
  scoped: Queryable;
  /** What the search may look at. */
  kinds: readonly HitKind[];
  /** The moment that the whole search is asked for; undefined for now. No tool sees behind it. */
  asOf: string | undefined;
  /** The commit of entity memory that the whole search sees, however the branch moves meanwhile. */
  head: HeadRow | undefined;
  /** Makes a question of words, at the search's cost. */
  ask(words: string): Promise<Question>;
}

/** What a tool found, in order. */
export interface Page {
  pieces: Piece[];
  /** The arguments with which the call goes on after so many of the pieces; undefined at the end. */
  next?(shown: number): Record<string, unknown> | undefined;
  /** For no pieces: what the model is told. */
  empty: string;
  hits?: readonly MemoryHit[];
}

/** What the model can mend: a path that is not there, a time that is no time. */
export interface Fault {
  fault: string;
}

/**
 * A tool that reads memory: declared data and one function that reads. It writes nothing, fetches nothing, and throws only for faults that are ours.
 */
export interface ReadTool {
  name: string;
  description: string;
  /** Offered where the search may look at one of these. */
  kinds: readonly HitKind[];
  parameters: z.ZodType<Record<string, unknown>>;
  declaration: ToolDeclaration;
  read(parameters: Record<string, unknown>, desk: Desk): Promise<Page | Fault>;
}

const Why = z.string().max(300).optional().meta({ description: 'Why you read this, in a few words' });

/** Declares a tool; every one takes `why`, which stands in the trace. */
export function readTool<Shape extends z.ZodRawShape>(tool: {
  name: string;
  description: string;
  kinds: readonly HitKind[];
  parameters: Shape;
  read(parameters: z.output<z.ZodObject<Shape>>, desk: Desk): Promise<Page | Fault>;
}): ReadTool {
  const { name, description, kinds, read } = tool;
  const own = z.strictObject(tool.parameters);
  const parameters = z.strictObject({ ...tool.parameters, why: Why });
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: 'input' });
  return {
    name,
    description,
    kinds,
    parameters,
    declaration: { name, description, parameters: schema },
    read: ({ why: _why, ...rest }, desk) => read(own.parse(rest), desk),
  };
}

const Day = z.iso.date().refine(hasYear);
const isMoment = (text: string): boolean => Instant.safeParse(text).success || Day.safeParse(text).success;

/** A time as models write it: with its zone, or a day, which means the end of that day (UTC). One sentence says what is wrong, so no union. */
export const Moment = z
  .string()
  .max(50)
  .refine(isMoment, 'must be a time with its zone, or a day as YYYY-MM-DD')
  .meta({ description: 'A time with its zone, or a day as YYYY-MM-DD' });

/** The earlier of what a call asks for and what the search is asked for. */
export function momentOf(asked: string | undefined, desk: Pick<Desk, 'asOf'>): string | undefined {
  if (asked === undefined) return desk.asOf;
  const moment = asked.length === 'YYYY-MM-DD'.length ? `${asked}T23:59:59.999Z` : asked;
  return desk.asOf !== undefined && Date.parse(desk.asOf) < Date.parse(moment) ? desk.asOf : moment;
}

const MOST_NAMED = 50;

/** Names of what there is, for a fault that says what could be asked instead. */
export function named(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.slice(0, MOST_NAMED).join(', ') + (names.length > MOST_NAMED ? ' and more' : '');
}
