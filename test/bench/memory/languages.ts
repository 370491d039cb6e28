import { readdirSync, readFileSync } from 'node:fs';
import { findTurns } from '../../../functions/entities/search/find-hits.ts';
import { findFacts } from '../../../functions/memory/search/find-facts.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { readQuestion } from '../../../functions/platform/language/read-question.ts';
import { insertFacts } from '../../entities/people.ts';
import type { TestServer } from '../../support/server.ts';
import { sendSession } from './served.ts';

/** Recall of texts in one language, in percent, by full text only. */
export interface LanguageFigures {
  language: string;
  texts: number;
  questions: number;
  fact_1: number;
  fact_10: number;
  turn_1: number;
  turn_10: number;
}

const FOLDER = new URL('languages/', import.meta.url);
const TURNS_PER_SESSION = 5;
const MOST = 10;

/** Reads a set: a text a line, and after it `? question` when a question asks for that text. */
function readSet(file: string): { texts: string[]; questions: { text: string; answer: string }[] } {
  const texts: string[] = [];
  const questions: { text: string; answer: string }[] = [];
  for (const line of readFileSync(new URL(file, FOLDER), 'utf8').trim().split('\n')) {
    if (line.startsWith('? ')) questions.push({ text: line.slice(2), answer: texts.at(-1) ?? '' });
    else texts.push(line);
  }
  return { texts, questions };
}

/**
 * Stores the texts of each language as facts and as turns of a user of its own, and asks as users do: with inflected
 * words, and sometimes without accents.
 */
export async function measureLanguages(server: TestServer, database: Database): Promise<LanguageFigures[]> {
  const figures: LanguageFigures[] = [];
  for (const file of readdirSync(FOLDER).toSorted()) {
    const { texts, questions } = readSet(file);
    const person = await server.signUp();
    await insertFacts(database, { ...person, role: 'admin' }, texts);
    for (let first = 0; first < texts.length; first += TURNS_PER_SESSION) {
      const turns = texts.slice(first, first + TURNS_PER_SESSION);
      const said = turns.map((text) => ({ speaker: 'user', text, said_at: '2026-05-04T10:00:00Z' }));
      await sendSession(server, person, { id: `s${first}`, turns: said });
    }
    const scoped = database.as({ kind: 'tenant', tenantId: person.tenantId, userId: person.userId });
    const found = { fact_1: 0, fact_10: 0, turn_1: 0, turn_10: 0 };
    for (const { text, answer } of questions) {
      const facts = await findFacts(scoped, { text, embedded: undefined }, { limit: MOST });
      const { hits: turns } = await findTurns(scoped, readQuestion(text), { asOf: undefined, limit: MOST });
      for (const [kind, hits] of [
        ['fact', facts],
        ['turn', turns],
      ] as const) {
        const place = hits.findIndex((hit) => hit.text === answer);
        if (place === 0) found[`${kind}_1`] += 1;
        if (place >= 0) found[`${kind}_10`] += 1;
      }
    }
    const percent = (count: number) => Math.round((100 * count) / questions.length);
    figures.push({
      language: file.replace(/\.txt$/, ''),
      texts: texts.length,
      questions: questions.length,
      fact_1: percent(found.fact_1),
      fact_10: percent(found.fact_10),
      turn_1: percent(found.turn_1),
      turn_10: percent(found.turn_10),
    });
  }
  return figures;
}
