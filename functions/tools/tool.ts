import { z } from 'zod';
import type { Statement } from '../platform/database/batch.ts';
import type { Queryable } from '../platform/database/database.ts';
import type { ToolDeclaration } from '../platform/models/model.ts';
import { storableText } from '../platform/storable.ts';

/**
 * A tool that a model may call. It does not throw for what the model can mend: an unknown path, a refused command, a time-out are outcomes that the
 * model reads.
 *
 * Effects on our own data are returned as statements and not done: the engine runs them in the transaction that records the call's result, so a
 * call is done and recorded, or neither. Whatever else a tool does (store a blob, run a command in the sandbox) must be safe to do again,
 * unless `safeToRepeat` is false; then a call that a crash interrupted is answered as unknown and never done blindly twice.
 */
export interface Tool<Arguments extends z.ZodType = z.ZodType> {
  name: string;
  /** For the model: what it does, in what form it answers, what it refuses. */
  description: string;
  parameters: Arguments;
  /** What the model is told of the parameters, where the tool itself takes in more, to say what is wrong with it. */
  shownParameters?: z.ZodType;
  safeToRepeat: boolean;
  /**
   * Present where a person must allow each call: prepares what he is shown beside the call's real arguments (a dry run), or answers a failure that the
   * model reads. The engine asks, and calls `execute` only after a yes, with `context.approved`. No model takes part in the decision.
   */
  approval?(parameters: z.output<Arguments>, context: ToolContext): Promise<ApprovalRequest | CompletedOutcome>;
  /**
   * For tools that are not safe to repeat: looks at the outside world whether a call that a crash interrupted was done. Undefined where that cannot be
   * told; the model reads then that it is unknown.
   */
  recover?(parameters: z.output<Arguments>, context: ToolContext): Promise<ToolOutcome | undefined>;
  execute(parameters: z.output<Arguments>, context: ToolContext): Promise<ToolOutcome>;
}

/** What a person is asked to allow. */
export interface ApprovalRequest {
  status: 'approval';
  /** One sentence: what happens after a yes. */
  summary: string;
  /** The dry run, as text; it may be long. */
  details?: string;
  /** Names what was shown (a commit, a tree's hash). `execute` gets it back and refuses when things have changed since. */
  fingerprint?: string;
}

export interface ToolContext {
  tenantId: string;
  userId: string;
  runId: string;
  /** The worker that calls. */
  worker: string;
  /** Names this call in the whole system; the same at every repetition. */
  callKey: string;
  /** Set when the call waited before and is made again: since when, as RFC 3339. */
  waitingSince?: string;
  /** What the person answered to the question that this call asked. */
  personAnswer?: string;
  /** Set when a person allowed this call. */
  approved?: { by: string; at: string; fingerprint: string | null };
  /** Hosts that the run's policy opens to its commands and web tools; none if empty. */
  allowedHosts: readonly string[];
  /** Reads in the run's tenant; each query is a transaction of its own. */
  database: Queryable;
  signal: AbortSignal;
}

export type ToolOutcome =
  | {
      status: 'completed';
      /** What the model reads. */
      output: string;
      isError: boolean;
      /** Written in the transaction that records the result, in order. */
      statements: Statement[];
      /** Facts for the run's event of this call, such as the paths that changed; never contents. */
      facts?: Record<string, unknown>;
      /** The node is at its end with this, without another turn. */
      ends?: { status: 'completed'; result: string } | { status: 'failed'; error: string };
    }
  /** The person is asked, and the call is made again with his answer, however late it comes. */
  | { status: 'asking'; question: { text: string; options?: string[] } }
  /** Nothing to answer yet: the call is made again at `wakeAt`, or earlier where it waits for a message and one comes. */
  | { status: 'waiting'; wakeAt: Date; forMessage?: boolean };

export type CompletedOutcome = Extract<ToolOutcome, { status: 'completed' }>;

/** Declares a tool. */
export function tool<Arguments extends z.ZodType>(declaration: Tool<Arguments>): Tool {
  const { parameters: schema, approval, recover, execute, ...rest } = declaration;
  return {
    ...rest,
    parameters: schema,
    ...(approval ? { approval: (parameters, context) => approval(schema.parse(parameters), context) } : {}),
    ...(recover ? { recover: (parameters, context) => recover(schema.parse(parameters), context) } : {}),
    execute: (parameters, context) => execute(schema.parse(parameters), context),
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

/** Schemas as models see them: making one costs as much as a statement, and most are the same for every node. */
const shown = new WeakMap<z.ZodType, ToolDeclaration['parameters']>();

/** The tool as a model sees it. */
export function declareTool(declared: Tool): ToolDeclaration {
  const schema = declared.shownParameters ?? declared.parameters;
  let parameters = shown.get(schema);
  if (parameters === undefined) {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
    parameters = rest;
    shown.set(schema, parameters);
  }
  return { name: declared.name, description: declared.description, parameters };
}

/** What a model reads of one call is cut here; the head and the tail are kept, because errors stand at the end. */
const OUTPUT_LIMIT = 60_000;

/** Runs one call: unknown tools and wrong arguments are failures that the model reads. */
export async function callTool(
  tools: readonly Tool[],
  name: string,
  parameters: unknown,
  context: ToolContext,
): Promise<ToolOutcome> {
  const chosen = tools.find((candidate) => candidate.name === name);
  if (chosen === undefined) {
    return failure(
      `There is no tool ${name.slice(0, 100)}. You have: ${tools.map((candidate) => candidate.name).join(', ')}.`,
    );
  }
  const parsed = chosen.parameters.safeParse(parameters);
  if (!parsed.success) return failure(`The arguments of ${name} are wrong:\n${z.prettifyError(parsed.error)}`);
  const outcome = await chosen.execute(parsed.data, context);
  return outcome.status === 'completed' ? { ...outcome, output: storableText(shorten(outcome.output)) } : outcome;
}

/**
 * What a person must be asked before this call, or undefined when it needs no approval or has wrong arguments, which the call itself says. A failure is the
 * call's outcome: there is nothing to ask.
 */
export async function askApproval(
  tools: readonly Tool[],
  name: string,
  parameters: unknown,
  context: ToolContext,
): Promise<ApprovalRequest | CompletedOutcome | undefined> {
  const chosen = tools.find((candidate) => candidate.name === name);
  const parsed = chosen?.parameters.safeParse(parameters);
  return parsed?.success ? chosen?.approval?.(parsed.data, context) : undefined;
}

function shorten(text: string): string {
  if (text.length <= OUTPUT_LIMIT) return text;
  const half = OUTPUT_LIMIT / 2;
  return `${text.slice(0, half)}\n[… ${text.length - OUTPUT_LIMIT} characters left out …]\n${text.slice(-half)}`;
}
