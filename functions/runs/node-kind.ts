import type { ModelMessage, ModelTurn } from '../platform/models/model.ts';
import type { CompletedOutcome, Tool } from '../tools/tool.ts';
import type { Claim, NodeEnd, WritesAtEnd } from './claim.ts';
import type { History } from './conversation.ts';
import type { TakeTurn } from './run.ts';
import type { ClaimedNode } from './sql/claim.ts';
import type { ToolCallRow } from './sql/turn.ts';

/** The instruction and the first message of a node. They are written once, so every turn sees the same. */
export interface Prompt {
  system: string;
  text: string;
}

/** What a turn is made from. */
export interface TurnInput {
  prompt: Prompt;
  history: History;
  tools: readonly Tool[];
}

/**
 * What differs between the nodes of the engine: a team's worker, an answer of the chat. Each kind has a step of its
 * own, which calls `takeTurns`; claims, records, budgets, approvals and retries are the same for all. A function of a
 * kind may run several times for the same turn and must answer the same from the same records.
 */
export interface NodeKind {
  /** The task of the step that takes the turns. The nodes of the kind have its step as `turn_step`. */
  task: typeof TakeTurn;
  /** Builds the prompt and stores it in a fenced transaction. */
  prepare(claim: Claim): Promise<Prompt>;
  tools(claim: Claim): Promise<readonly Tool[]>;
  /** Returns what the model reads beside the instruction and the tools: the prompt and the recorded turns. */
  messages(claim: Claim, turn: TurnInput): Promise<ModelMessage[]>;
  /**
   * How text reaches readers while it is written: after how many milliseconds pieces are sent together, and whether the
   * text so far is kept for readers that join and for a stop.
   */
  live: { gatherMs: number; isKept: boolean };
  /** Ends the node with the result of a turn's last call. Left out: the model reads the result in another turn. */
  endAfterCalls?(last: CompletedOutcome): NodeEnd;
  /** What is written in the transaction that ends the node: tasks and statements. */
  writesAtEnd?: WritesAtEnd;
  /** The most turns of the node. Left out: those of the worker's file. */
  turnLimit?(claim: Claim): number | Promise<number>;
  /** Marks an answer that is not accepted with a `fault`, which the model reads. `calls` are the recorded calls. */
  checkAnswer?(node: ClaimedNode, turn: ModelTurn, calls: readonly ToolCallRow[]): ModelTurn;
}
