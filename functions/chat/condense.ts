import { applySummary, type Compaction, compact } from '../platform/compaction/compact.ts';
import type { CompactionReport } from '../platform/compaction/compaction.ts';
import { messageCounter } from '../platform/compaction/message-tokens.ts';
import { type CompactionPresetName, presetOptions } from '../platform/compaction/presets.ts';
import type { Summary } from '../platform/compaction/summary.ts';
import { type SummaryPlan, toSummaryRequest } from '../platform/compaction/summary-plan.ts';
import { environment } from '../platform/environment.ts';
import { log } from '../platform/log.ts';
import { estimateTokens } from '../platform/models/estimate-tokens.ts';
import { ModelError, type ModelMessage } from '../platform/models/model.ts';
import type { Claim } from '../runs/claim.ts';
import { openRunModel } from '../runs/open-model.ts';
import { MAX_OUTPUT_TOKENS } from '../runs/worker.ts';
import { buyTurn } from '../usage/buy-turn.ts';
import type { ToldMessage } from './conversation-messages.ts';
import { insertSummary, listSummaries } from './sql/summary.ts';

interface ToCondense {
  conversationId: string;
  branch: readonly ToldMessage[];
  question: ModelMessage;
  preset: CompactionPresetName;
  /**
   * The context window of the model, and the tokens of it that the instruction, the tools and the answer's turns take.
   */
  window: number;
  fixed: number;
}

/**
 * Brings a branch and its question into the model's context window. A summary is asked for once, stored with the
 * conversation before it is used, and goes into the next one, so an answer that is resumed does not pay for it again.
 * When the model gives no usable summary, the oldest results are cleared and the oldest messages dropped; the report
 * says so.
 * @throws ModelError `too_long` when what must stay does not fit
 */
export async function condense(
  claim: Claim,
  { conversationId, branch, question, preset, window, fixed }: ToCondense,
): Promise<{ messages: ModelMessage[]; report: CompactionReport }> {
  const keys = branch.flatMap(({ id, messages }) => messages.map((_, index) => `${id}.${index}`));
  const input = {
    messages: [...branch.flatMap(({ messages }) => messages), question],
    keyOf: (index: number) => keys[index] ?? 'question',
    ...presetOptions(preset, { window, output: MAX_OUTPUT_TOKENS, fixed }),
  };
  const isLong = messageCounter(estimateTokens)(input.messages) > input.budget;
  let compaction = compact({
    ...input,
    earlier: isLong ? await findEarlier(claim, conversationId, branch) : undefined,
  });
  for (let part = 0; compaction.status === 'summarise'; part += 1) {
    const answer = await askForSummary(claim, compaction.plan, part);
    compaction = applySummary(compaction.plan, answer);
    await store(claim, conversationId, summaryOf(compaction));
  }
  if (compaction.status === 'too_long') throw new ModelError('too_long', describe(compaction.reason));
  return compaction;
}

/** Returns the newest summary of the branch: the one that covers most of it. */
async function findEarlier(
  { database }: Claim,
  conversationId: string,
  branch: readonly ToldMessage[],
): Promise<Summary | undefined> {
  const ids = branch.map(({ id }) => id);
  const stored = await listSummaries(database, conversationId, ids);
  return stored.toSorted((one, other) => ids.indexOf(one.message_id) - ids.indexOf(other.message_id)).at(-1)?.summary;
}

function summaryOf(compaction: Compaction): Summary | undefined {
  return compaction.status === 'summarise' ? compaction.plan.frame.input.earlier : compaction.summary;
}

/** Stores a summary with the message that it covers last. */
async function store({ database }: Claim, conversationId: string, summary: Summary | undefined): Promise<void> {
  const [messageId] = summary?.covers.through.split('.') ?? [];
  if (summary === undefined || !messageId?.startsWith('msg_')) return;
  await insertSummary(database, conversationId, { message_id: messageId, summary });
}

/** Returns the model's answer to a plan; undefined when it gave none. @throws OverBudget, the reason of an abort */
async function askForSummary(claim: Claim, plan: SummaryPlan, part: number): Promise<string | undefined> {
  const { node, database, tenantId, signal } = claim;
  const choice = { provider: node.provider, model: node.model, capabilities: node.capabilities ?? undefined };
  try {
    const turn = await buyTurn({
      payer: { scoped: database, tenantId, userId: node.user_id, runId: node.run_id, nodeId: node.id },
      kind: 'summary',
      reference: `${node.id}:${node.turn}:${node.fence} summary ${part}`,
      choice,
      call: {
        model: await openRunModel(choice),
        request: { model: node.model, ...(await toSummaryRequest(plan)) },
        signal,
        timeoutMs: environment.MODEL_TIMEOUT_SECONDS * 1000,
      },
    });
    return turn.text;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    log('warning', 'conversation not summarised', { run_id: node.run_id, error });
    return undefined;
  }
}

function describe(reason: Extract<Compaction, { status: 'too_long' }>['reason']): string {
  if (reason === 'newest_message')
    return 'the message does not fit into the context window of the model: shorten it or choose a model with a larger one';
  if (reason === 'window_full')
    return 'the conversation fills the context window of the model, and its setting is manual: choose another one, fork it, or begin a new conversation';
  return 'what must stay of the conversation does not fit into the context window of the model: choose a model with a larger one';
}
