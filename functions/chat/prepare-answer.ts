import { markedInstruction } from '../platform/models/guard-answer.ts';
import { readPrompt } from '../platform/models/read-prompt.ts';
import type { Claim } from '../runs/claim.ts';
import type { Prompt } from '../runs/node-kind.ts';
import { storePrompt } from '../runs/store-prompt.ts';
import { systemPrompt } from '../runs/worker.ts';
import { tellQuestion } from './attachments.ts';
import { ASSISTANT } from './chat.ts';
import type { SuppliedMemory } from './memory/supplied-memory.ts';
import { supplyMemory } from './memory/supply-memory.ts';
import type { AnsweredQuestion } from './sql/exchange.ts';
import { insertMemoryUses } from './sql/memory-use.ts';

/** The most tokens of an answer's context that remembered things take. */
const MEMORY_TOKENS = 1_500;
const CITE = new URL('./memory/cite.md', import.meta.url);

/**
 * Builds and stores the prompt of an answer: what is remembered, the texts of attached files, and the person's words.
 * The trace of the memory is written in the same transaction, so every turn and every retry reads the same. Images are
 * loaded for each turn, because they are large.
 */
export async function prepareAnswer(claim: Claim, answered: AnsweredQuestion): Promise<Prompt> {
  const { node, tenantId, root, database, signal } = claim;
  const { text: memory, supplied } = await supplyMemory({
    database: root,
    tenantId,
    userId: node.user_id,
    runId: node.run_id,
    query: searchedFor(answered),
    tokens: MEMORY_TOKENS,
    signal,
  });
  const { text } = await tellQuestion(database, { content: answered.question, metadata: answered.metadata });
  const instruction = [systemPrompt(ASSISTANT, []), await readPrompt(CITE)].join('\n\n');
  const prompt = {
    system: markedInstruction(instruction, node.run_id),
    text: memory === '' ? text : `${memory}\n\n${text}`,
  };
  await storePrompt(claim, prompt, {
    facts: { memories: idsOf(supplied, 'fact'), preferences: idsOf(supplied, 'preference') },
    statements: [insertMemoryUses(answered.answer_id, supplied)],
  });
  return prompt;
}

/** A question of fewer characters is searched for together with the one before it: "And her birthday?" */
const SHORT_QUESTION = 60;

function searchedFor({ question, question_before: before }: AnsweredQuestion): string {
  return question.length >= SHORT_QUESTION || before === null ? question : `${question}\n${before}`;
}

function idsOf(supplied: readonly SuppliedMemory[], wanted: SuppliedMemory['kind']): string[] {
  return supplied.flatMap(({ kind, target_id: id }) => (kind === wanted ? [id] : []));
}
