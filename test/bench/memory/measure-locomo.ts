import type { Database } from '../../../functions/platform/database/database.ts';
import type { TestServer } from '../../support/server.ts';
import { quantile } from '../figures.ts';
import { BASELINES, type BaselineName, openBaselines } from './baselines.ts';
import { BUDGETS, type Evidence, type EvidenceFigures, evidenceIn, meanOf } from './evidence.ts';
import { type Conversation, placeOf } from './locomo.ts';
import { searchTurns, sendSession } from './served.ts';

export const OURS = '(e) ApexFlow';
export const RECALL_AIM = 80;
export const TOKENS_AIM = 90;
const MOST_TOKENS = Math.max(...BUDGETS);

export interface LocomoResult {
  conversations: number;
  /** By method and kind of question; `all` is the mean over questions. */
  methods: Record<string, Record<string, EvidenceFigures>>;
  search_p50_ms: number;
  search_p95_ms: number;
}

/** Stores each conversation as the memory of one user in a tenant of its own, from its turns and times only. */
export async function measureLocomo(
  server: TestServer,
  database: Database,
  conversations: readonly Conversation[],
  mostQuestions: number,
): Promise<LocomoResult> {
  const found = new Map<string, { kind: string; evidence: Evidence }[]>();
  const times: number[] = [];
  const note = (method: string, kind: string, evidence: Evidence) =>
    found.set(method, [...(found.get(method) ?? []), { kind, evidence }]);
  for (const { sessions, questions } of conversations) {
    const person = await server.signUp();
    for (const session of sessions) await sendSession(server, person, session);
    const tokens = new Map(
      sessions.flatMap(({ id, turns }) =>
        turns.map(({ text, caption = '' }, position) => [
          placeOf(id, position),
          Math.ceil((text.length + caption.length) / 4),
        ]),
      ),
    );
    const tokensOf = (place: string) => tokens.get(place) ?? 0;
    const { tenantId, userId } = person;
    const baselines = await openBaselines(database.as({ kind: 'tenant', tenantId, userId }), sessions);
    for (const { text, kind, evidence } of questions.slice(0, mostQuestions)) {
      for (const name of Object.keys(BASELINES) as BaselineName[]) {
        note(BASELINES[name], kind, evidenceIn(await baselines[name](text), evidence, tokensOf));
      }
      const start = performance.now();
      const hits = await searchTurns(server, person, { query: text, max_tokens: MOST_TOKENS });
      times.push(performance.now() - start);
      note(
        OURS,
        kind,
        evidenceIn(
          hits.map(({ id }) => id),
          evidence,
          tokensOf,
        ),
      );
    }
  }
  const methods = Object.fromEntries([...found].map(([method, all]) => [method, byKind(all)]));
  const rounded = (value: number) => Math.round(value * 10) / 10;
  return {
    conversations: conversations.length,
    methods,
    search_p50_ms: rounded(quantile(times, 0.5)),
    search_p95_ms: rounded(quantile(times, 0.95)),
  };
}

function byKind(all: readonly { kind: string; evidence: Evidence }[]): Record<string, EvidenceFigures> {
  const kinds = [...new Set(all.map(({ kind }) => kind))].toSorted();
  const of = (kind: string) => all.filter((one) => one.kind === kind).map(({ evidence }) => evidence);
  return {
    all: meanOf(all.map(({ evidence }) => evidence)),
    ...Object.fromEntries(kinds.map((kind) => [kind, meanOf(of(kind))])),
  };
}
