import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { TestServer } from '../../support/server.ts';
import { searchTurns, sendSession } from './served.ts';

/** LongMemEval: chats with an assistant, and questions with the sessions that contain the answer. */
const Haystacks = z.array(
  z.looseObject({
    questions: z.array(z.string()),
    answer_session_ids: z.array(z.array(z.string())),
    haystack_dates: z.array(z.string()),
    haystack_session_ids: z.array(z.string()),
    haystack_sessions: z.array(z.array(z.looseObject({ role: z.string(), content: z.string() }))),
  }),
);
export type Haystack = z.infer<typeof Haystacks>[number];

export function readLongMemEval(file: string): Haystack[] {
  return Haystacks.parse(JSON.parse(readFileSync(file, 'utf8')));
}

export interface LongMemEvalResult {
  haystacks: number;
  questions: number;
  /** The percentage of evidence sessions among the five best, and of questions with at least one of them there. */
  recall_5: number;
  any_5: number;
}

const MOST_SESSIONS = 5;

/** Ranks sessions by their best turn. */
export async function measureLongMemEval(
  server: TestServer,
  haystacks: readonly Haystack[],
): Promise<LongMemEvalResult> {
  let [recall, any, count] = [0, 0, 0];
  for (const haystack of haystacks) {
    const person = await server.signUp();
    const names = new Map<string, string>();
    for (const [index, turns] of haystack.haystack_sessions.entries()) {
      const id = `session_${index}`;
      names.set(id, haystack.haystack_session_ids[index] ?? '');
      const said_at = timeOf(haystack.haystack_dates[index] ?? '');
      const said = turns.map(({ role, content }) => ({ speaker: role, said_at, text: content }));
      if (said.length > 0) await sendSession(server, person, { id, turns: said });
    }
    for (const [index, query] of haystack.questions.entries()) {
      const gold = haystack.answer_session_ids[index] ?? [];
      const hits = await searchTurns(server, person, { query, k: 50 });
      const best = [...new Set(hits.map(({ session_id: id }) => names.get(id) ?? ''))].slice(0, MOST_SESSIONS);
      const there = gold.filter((id) => best.includes(id)).length;
      recall += there / gold.length;
      any += there > 0 ? 1 : 0;
      count += 1;
    }
  }
  const percent = (sum: number) => Math.round((1000 * sum) / count) / 10;
  return { haystacks: haystacks.length, questions: count, recall_5: percent(recall), any_5: percent(any) };
}

/** Parses "2023/07/12 (Wed) 10:14" as UTC. */
function timeOf(text: string): string {
  const [, year, month, day, time] = /(\d+)\/(\d+)\/(\d+) \(\w+\) (\d+:\d+)/.exec(text) ?? [];
  return new Date(`${year}-${month}-${day}T${time}:00Z`).toISOString();
}
