import { z } from 'zod';
import { cutEnd, cutText } from '../platform/cut-text.ts';
import type { Statement } from '../platform/database/batch.ts';
import type { Queryable } from '../platform/database/database.ts';
import { readArguments } from '../platform/models/dialects/read-arguments.ts';
import { shownSchema } from '../platform/models/dialects/shown-schema.ts';
import type { ToolDeclaration } from '../platform/models/model.ts';
import { storableText } from '../platform/storable.ts';

/**
 * A tool that a model may call. A tool does not throw for failures that the model can correct: an unknown path, a
 * refused command and a timeout are outcomes that the model reads.
 *
 * A tool does not write to our database. It returns its effects as statements, and the engine runs them in the
 * transaction that records the call's result. So the effects and the result are stored together or not at all.
 * Everything else that a tool does (store a blob, run a command in the sandbox) must be idempotent, unless
 * `safeToRepeat` is false. Then a call that a crash interrupted is answered as unknown and not repeated.
 */
export interface Tool<Arguments extends z.ZodType = z.ZodType> {
  name: string;
  /** Tells the model what the tool does, what it returns and what it refuses. */
  description: string;
  parameters: Arguments;
  /** The schema shown to the model, if `parameters` accepts more in order to explain what is wrong. */
  shownParameters?: z.ZodType;
  safeToRepeat: boolean;
  /**
   * Present if a user must allow each call. Prepares what the user sees beside the arguments of the call (a dry run),
   * or returns a failure for the model. The engine asks the user and calls `execute` only after a yes, with
   * `context.approved`. No model takes part in the decision.
   */
  approval?(parameters: z.output<Arguments>, context: ToolContext): Promise<ApprovalRequest | CompletedOutcome>;
  /**
   * For tools that are not safe to repeat: checks in the external system whether a call that a crash interrupted took
   * effect. Returns undefined when that cannot be known; the model then reads that the outcome is unknown.
   */
  recover?(parameters: z.output<Arguments>, context: ToolContext): Promise<ToolOutcome | undefined>;
  execute(parameters: z.output<Arguments>, context: ToolContext): Promise<ToolOutcome>;
}

/** What a user is asked to allow. */
export interface ApprovalRequest {
  status: 'approval';
  /** One sentence that says what happens after a yes. */
  summary: string;
  /** The result of the dry run as text, which may be long. */
  details?: string;
  /**
   * Identifies what was shown (a commit, a tree's hash). `execute` receives it and refuses when something has changed
   * since.
   */
  fingerprint?: string;
}

export interface ToolContext {
  tenantId: string;
  userId: string;
  runId: string;
  /** The name of the worker that makes the call. */
  worker: string;
  /** Identifies this call in the whole system. It is the same in every repetition of the call. */
  callKey: string;
  /** The time since which the call waits (RFC 3339), if it waited before and is made again. */
  waitingSince?: string;
  /** The user's answer to the question that this call asked. */
  personAnswer?: string;
  /** Set when a user allowed this call. */
  approved?: { by: string; at: string; fingerprint: string | null };
  /** The hosts that the run's policy opens to commands and web tools. */
  allowedHosts: readonly string[];
  /** Reads the run's tenant. Each query is its own transaction. */
  database: Queryable;
  signal: AbortSignal;
}

export type ToolOutcome =
  | {
      status: 'completed';
      /** The text that the model reads. */
      output: string;
      isError: boolean;
      /** Run in this order in the transaction that records the result. */
      statements: Statement[];
      /** Fields for the run's event of this call, such as the changed paths. Never file contents. */
      facts?: Record<string, unknown>;
      /** What the user allowed has changed since. The engine asks again, and the model reads this only if it cannot. */
      isOutdated?: true;
      /** Ends the node with this call, without another turn. */
      ends?: { status: 'completed'; result: string } | { status: 'failed'; error: string };
    }
  /** The engine asks the user and makes the call again with the answer, however late it comes. */
  | { status: 'asking'; question: { text: string; options?: string[] } }
  /**
   * There is no result yet. The engine makes the call again at `wakeAt`, or when the node is woken: `sleep` puts the
   * node to sleep, under the run's lock, unless what it waits for has come meanwhile. It returns rows of `TurnTask`.
   */
  | { status: 'waiting'; wakeAt: Date; sleep?: Statement };

export type CompletedOutcome = Extract<ToolOutcome, { status: 'completed' }>;

/** Declares a tool. Its functions get arguments that the schema has parsed, see {@link readArguments}. */
export function tool<Arguments extends z.ZodType>(declaration: Tool<Arguments>): Tool {
  const { parameters: schema, approval, recover, execute, ...rest } = declaration;
  const parse = (parameters: unknown): z.output<Arguments> => {
    const parsed = readArguments(schema, parameters);
    if (!parsed.success) throw parsed.error;
    return parsed.data;
  };
  return {
    ...rest,
    parameters: schema,
    ...(approval ? { approval: (parameters, context) => approval(parse(parameters), context) } : {}),
    ...(recover ? { recover: (parameters, context) => recover(parse(parameters), context) } : {}),
    execute: (parameters, context) => execute(parse(parameters), context),
  };
}

export function answer(
  output: string,
  options: { statements?: Statement[]; facts?: Record<string, unknown>; ends?: CompletedOutcome['ends'] } = {},
): CompletedOutcome {
  return { status: 'completed', output, isError: false, statements: [], ...options };
}

export function failure(output: string, facts?: Record<string, unknown>): CompletedOutcome {
  return { status: 'completed', output, isError: true, statements: [], ...(facts ? { facts } : {}) };
}

/** Returns the outcome of an allowed call that found something else than what was shown. */
export function outdated(output: string, facts?: Record<string, unknown>): CompletedOutcome {
  return { ...failure(output, facts), isOutdated: true };
}

/** Caches JSON Schemas: to make one takes as long as a database statement, and most are equal for all nodes. */
const shown = new WeakMap<z.ZodType, ToolDeclaration['parameters']>();

/** Returns the tool as a model sees it. */
export function declareTool(declared: Tool): ToolDeclaration {
  const schema = declared.shownParameters ?? declared.parameters;
  let parameters = shown.get(schema);
  if (parameters === undefined) {
    const { $schema: _, ...rest } = shownSchema(schema);
    parameters = rest;
    shown.set(schema, parameters);
  }
  return { name: declared.name, description: declared.description, parameters };
}

/**
 * The most characters that a model reads of one call. The head and the tail are kept, because errors are at the end.
 */
const OUTPUT_LIMIT = 60_000;

/** Runs one call. Unknown tools and wrong arguments are failures that the model reads. */
export async function callTool(
  tools: readonly Tool[],
  name: string,
  parameters: unknown,
  context: ToolContext,
): Promise<ToolOutcome> {
  const chosen = tools.find((candidate) => candidate.name === name);
  if (chosen === undefined) {
    return failure(
      `There is no tool ${cutText(name, 100)}. Your tools are: ${tools.map((candidate) => candidate.name).join(', ')}.`,
    );
  }
  const parsed = readArguments(chosen.parameters, parameters);
  if (!parsed.success) return failure(`The arguments of ${name} are wrong:\n${z.prettifyError(parsed.error)}`);
  const outcome = await chosen.execute(parsed.data, context);
  return outcome.status === 'completed' ? { ...outcome, output: storableText(shorten(outcome.output)) } : outcome;
}

/**
 * Returns what a user must allow before this call. Returns undefined when the call needs no approval, or when its
 * arguments are wrong; then `callTool` reports them. A failure is the outcome of the call, and the user is not asked.
 */
export async function askApproval(
  tools: readonly Tool[],
  name: string,
  parameters: unknown,
  context: ToolContext,
): Promise<ApprovalRequest | CompletedOutcome | undefined> {
  const chosen = tools.find((candidate) => candidate.name === name);
  if (chosen?.approval === undefined) return undefined;
  const parsed = readArguments(chosen.parameters, parameters);
  return parsed.success ? chosen.approval(parsed.data, context) : undefined;
}

function shorten(text: string): string {
  if (text.length <= OUTPUT_LIMIT) return text;
  const half = OUTPUT_LIMIT / 2;
  return `${cutText(text, half)}\n[… ${text.length - OUTPUT_LIMIT} characters left out …]\n${cutEnd(text, half)}`;
}
