import type { SessionMaterial } from '../../entities/session.ts';
import { extractFacts } from '../../memory/extract-facts.ts';
import { flagsOf } from '../../memory/memory.ts';
import { findFacts } from '../../memory/search/find-facts.ts';
import type { Database, Queryable, Scoped } from '../../platform/database/database.ts';
import { FenceLost, NotNow } from '../../platform/errors.ts';
import { compareByRules, wordsToLookFor } from '../../platform/language/compare-by-rules.ts';
import { log } from '../../platform/log.ts';
import { ModelChoice } from '../../platform/models/model.ts';
import { workOnClaim } from '../../usage/claimed-work.ts';
import { OverBudget } from '../../usage/meter.ts';
import { appendChatEvent } from '../sql/event.ts';
import {
  type Exchange,
  findExchange,
  insertLearned,
  insertLearning,
  learningClaims,
  type NewLearned,
  updateLearningEnded,
} from '../sql/learned.ts';
import { withoutRefs } from './check-refs.ts';

interface AnswerToLearn {
  database: Database;
  tenantId: string;
  /** The run of the answer. */
  runId: string;
  signal: AbortSignal;
}

/** More would be a list to work through under each answer. */
const MOST_OF_PERSON = 5;
const MOST_OF_ANSWER = 3;
/** The task is written when the node ends; its run, and with it the message, ends right after. */
const SECONDS_TO_END = 2;
const REHEARSAL: ModelChoice = { provider: 'rehearsal', model: 'script' };

/**
 * Proposes what can be remembered from an answer and the message before it: what neither the memory nor an open or
 * declined proposal says. Writes no fact. The two texts are read apart, so what an answer repeats of a page or a tool
 * is never proposed as the person's words; and what reads like an order to a model is not proposed from an answer at
 * all. The model that answered reads them, at the user's cost; without one, or without budget, rules do.
 *
 * Idempotent: any number of duplicate or concurrent calls propose once. A message that is gone, or is no answer that
 * has ended, is a no-op.
 * @throws NotNow before the answer has ended, and while another call works on it; FenceLost when another call took it
 * over
 */
export async function learnFromAnswer({ database, tenantId, runId, signal }: AnswerToLearn): Promise<void> {
  const exchange = await findExchange(database.as({ kind: 'tenant', tenantId }), runId);
  if (exchange === undefined) return;
  const messageId = exchange.id;
  if (exchange.is_answering) throw new NotNow(`The answer ${messageId} has not ended`, SECONDS_TO_END);
  const scoped = database.as({ kind: 'tenant', tenantId, userId: exchange.user_id });
  await insertLearning(scoped, messageId);
  const name = `The answer ${messageId}`;
  const fields = { tenant_id: tenantId, run_id: runId };
  await workOnClaim(
    { name, id: messageId, statements: learningClaims, queryable: scoped, signal, fields },
    async (claimed, leased) => {
      const reference = `${messageId} attempt ${claimed.attempts}`;
      const { found, fault } = await extract(exchange, { scoped, tenantId, runId, reference, signal: leased, fields });
      const fresh = await withoutKnown(scoped, found);
      await scoped.transaction(async (transaction) => {
        if (!(await updateLearningEnded(transaction, claimed, fault))) throw new FenceLost(name);
        const proposed = await insertLearned(transaction, { messageId, runId }, fresh);
        const event = { type: 'facts_proposed', data: { message_id: messageId } } as const;
        if (proposed > 0) await transaction.query(appendChatEvent(exchange.session_id, event));
      });
    },
  );
}

async function extract(
  exchange: Exchange,
  asked: {
    scoped: Scoped;
    tenantId: string;
    runId: string;
    reference: string;
    signal: AbortSignal;
    fields: Record<string, string>;
  },
): Promise<{ found: NewLearned[]; fault: string | undefined }> {
  const { scoped, tenantId, runId, ...call } = asked;
  // The rehearsal repeats the person's words and knows nothing.
  const answer = exchange.provider === 'rehearsal' ? '' : withoutRefs(exchange.answer ?? '');
  const material: SessionMaterial = {
    task: exchange.said ?? '',
    reports: answer.trim() === '' ? [] : [{ worker: 'assistant', text: answer }],
    model: ModelChoice.safeParse({ provider: exchange.provider, model: exchange.model }).data ?? REHEARSAL,
  };
  const payer = { scoped, tenantId, userId: exchange.user_id, runId };
  const paid = { payer, today: exchange.said_at, ...call };
  const { facts, fault } = await extractFacts(material, paid).catch((error: unknown) => {
    if (!(error instanceof OverBudget)) throw error;
    log('info', 'chat learns by rules', { ...call.fields, reason: error.message });
    return extractFacts({ ...material, model: REHEARSAL }, paid);
  });
  const of = (origin: NewLearned['origin'], part: 'task' | 'report', most: number) => {
    const own = facts.filter((fact) => fact.origin === part);
    const texts = new Map(own.map(({ text, category }) => [text.toLowerCase(), { text, category, origin }]));
    return [...texts.values()].slice(0, most);
  };
  const said = of('person', 'task', MOST_OF_PERSON);
  const repeated = new Set(said.map(({ text }) => text.toLowerCase()));
  const answered = of('answer', 'report', MOST_OF_ANSWER).filter(
    ({ text }) => !repeated.has(text.toLowerCase()) && flagsOf(text).length === 0,
  );
  return { found: [...said, ...answered], fault };
}

/** The known facts that a new one is compared with. */
const NEAREST = 8;

/** Returns what no fact that the user sees says already. Rules compare, which takes no call. */
async function withoutKnown(queryable: Queryable, found: readonly NewLearned[]): Promise<NewLearned[]> {
  const fresh: NewLearned[] = [];
  for (const learned of found) {
    const query = { text: wordsToLookFor(learned.text), embedded: undefined };
    const known = await findFacts(queryable, query, { limit: NEAREST, worker: 'assistant' });
    const isKnown = known.some(
      ({ id, text }) =>
        text.toLowerCase() === learned.text.toLowerCase() ||
        compareByRules(learned.text, { id, text })?.relation === 'repeat',
    );
    if (!isKnown) fresh.push(learned);
  }
  return fresh;
}
