import type { CompactionReport } from '../platform/compaction/compaction.ts';
import { countMessages } from '../platform/compaction/message-tokens.ts';
import { log } from '../platform/log.ts';
import { estimateTokens } from '../platform/models/estimate-tokens.ts';
import type { ModelMessage } from '../platform/models/model.ts';
import { DEFAULT_CAPABILITIES } from '../platform/models/model-families.ts';
import type { Claim } from '../runs/claim.ts';
import { toMessages } from '../runs/conversation.ts';
import type { TurnInput } from '../runs/node-kind.ts';
import { openRunModel } from '../runs/open-model.ts';
import { declareTool } from '../tools/tool.ts';
import type { AnswerContext } from './answer-context.ts';
import { tellQuestion } from './attachments.ts';
import { condense } from './condense.ts';
import { tellBranch } from './conversation-messages.ts';
import { type AnsweredQuestion, updateAnswerContext } from './sql/exchange.ts';

/**
 * Returns the branch before the question and the question, shortened to the model's context window by the
 * conversation's preset, and stores what the context is made of.
 * @throws ModelError `too_long` when it does not fit
 */
export async function tellConversation(
  claim: Claim,
  answered: AnsweredQuestion,
  { prompt, history, tools }: TurnInput,
): Promise<ModelMessage[]> {
  const { node, database } = claim;
  const model = `${node.provider}/${node.model}`;
  const { conversation_id: conversationId, question_id: questionId } = answered;
  const [branch, own, window] = await Promise.all([
    tellBranch(database, { conversationId, questionId, model }),
    tellQuestion(database, { content: answered.question, metadata: answered.metadata }),
    windowOf(claim),
  ]);
  const question = { ...own, text: prompt.text };
  const instruction = estimateTokens(prompt.system + JSON.stringify(tools.map(declareTool)));
  const turns = countMessages(toMessages('', history, Number.MAX_SAFE_INTEGER).slice(1), estimateTokens);
  const { messages, report } = await condense(claim, {
    conversationId,
    branch,
    question,
    preset: answered.compaction,
    window,
    fixed: instruction + turns,
  });
  const all = countMessages([question], estimateTokens);
  const said = countMessages([own], estimateTokens);
  const context: AnswerContext = {
    window,
    instruction,
    memory: Math.max(0, all - said),
    talk: Math.max(0, countMessages(messages, estimateTokens) - all),
    question: said,
    ...shown(
      report,
      branch.flatMap(({ id, messages: told }) => told.map(() => id)),
    ),
  };
  // Not awaited: it is only shown, and a person waits for the first word.
  database.query(updateAnswerContext(answered.answer_id, context)).catch((error: unknown) => {
    log('debug', 'context not stored', { run_id: node.run_id, error });
  });
  return messages;
}

async function windowOf({ node }: Claim): Promise<number> {
  const model = await openRunModel({ provider: node.provider, model: node.model });
  const known = model.capabilitiesOf?.({ model: node.model, capabilities: node.capabilities ?? undefined });
  return (known ?? DEFAULT_CAPABILITIES).context_window;
}

/** Returns the report with the ids of messages in place of their indices. */
function shown({ strategy, steps, fallback }: CompactionReport, places: readonly string[]) {
  const condensed = steps.map(({ messages, strategy: done, tokens_before, tokens_after }) => {
    const ids = new Set(messages.flatMap((index) => places[index] ?? []));
    return { strategy: done, message_ids: [...ids], tokens_before, tokens_after };
  });
  return { strategy, condensed, ...(fallback === undefined ? {} : { fallback }) };
}
