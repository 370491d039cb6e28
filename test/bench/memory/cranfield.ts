import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Database } from '../../../functions/platform/database/database.ts';
import { insertDocument } from '../../documents/chunks.ts';
import type { TestServer } from '../../support/server.ts';
import { searchDocuments } from './served.ts';

export interface Cranfield {
  documents: Map<string, string>;
  queries: { id: string; text: string }[];
  /** The relevance grade of the file, by query and document. */
  grades: Map<string, Map<string, number>>;
}

const Query = z.object({ query: z.int(), text: z.string() });

export function readCranfield(folder: string): Cranfield {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const documents = new Map<string, string>();
  for (const entry of read('documents.txt').split(/^\.I /m).slice(1)) {
    const [id = ''] = entry.split('\n');
    const [, title = ''] = /^\.T\n([\s\S]*?)^\.A/m.exec(entry) ?? [];
    const [, body = ''] = /^\.W\n([\s\S]*)$/m.exec(entry) ?? [];
    // The abstracts repeat their titles; one abstract is empty.
    documents.set(id.trim(), body.trim() || title.trim() || '.');
  }
  const queries = read('queries.jsonl')
    .trim()
    .split('\n')
    .map((line) => Query.parse(JSON.parse(line)));
  const grades = new Map<string, Map<string, number>>();
  for (const line of read('qrels.txt').trim().split('\n')) {
    const [query = '', document = '', grade = ''] = line.trim().split(/\s+/);
    const known = grades.get(query) ?? new Map<string, number>();
    grades.set(query, known.set(document, Number(grade)));
  }
  return { documents, queries: queries.map(({ query, text }) => ({ id: String(query), text })), grades };
}

export interface CranfieldResult {
  documents: number;
  queries: number;
  ndcg_10: number;
}

const DEPTH = 10;

/** Inserts the abstracts as documents of one user, one chunk each, and searches them over HTTP. */
export async function measureCranfield(
  server: TestServer,
  database: Database,
  { documents, queries, grades }: Cranfield,
): Promise<CranfieldResult> {
  const person = await server.signUp();
  for (const [id, text] of documents) await insertDocument(database, person, id, [text]);
  let sum = 0;
  for (const { id, text } of queries) {
    const found = await searchDocuments(server, person, text, DEPTH);
    const relevance = grades.get(id) ?? new Map<string, number>();
    const gains = found.map((document) => Math.max(relevance.get(document) ?? 0, 0));
    const ideal = [...relevance.values()].filter((grade) => grade > 0).toSorted((one, other) => other - one);
    sum += discounted(gains) / Math.max(discounted(ideal), Number.EPSILON);
  }
  return {
    documents: documents.size,
    queries: queries.length,
    ndcg_10: Math.round((1000 * sum) / queries.length) / 10,
  };
}

function discounted(gains: readonly number[]): number {
  return gains.slice(0, DEPTH).reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0);
}
