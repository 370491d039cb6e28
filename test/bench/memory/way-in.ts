import pg from 'pg';
import type { Turn } from '../../../functions/entities/files/archive.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { type ScriptedGemini, startScriptedGemini } from '../../support/scripted-gemini.ts';
import type { ScriptedRequest } from '../../support/scripted-provider.ts';
import type { Person, TestServer } from '../../support/server.ts';
import type { BenchDatabase } from '../database.ts';
import { sendSession } from './served.ts';

/** Users who send concurrently, and the sessions of each, which are sent one after another. */
const PEOPLE = 8;
const SESSIONS = 12;
const TURNS = 20;

export interface WayInResult {
  sessions: number;
  turns: number;
  rates: { label: string; per_second: number; ratio: number }[];
  /** Counts of the scripted model, with four characters as a token. They do not depend on the model's speed. */
  calls_per_session: number;
  input_tokens_per_session: number;
  output_tokens_per_session: number;
}

/**
 * Measures how many sessions a second the product ingests (archive, read, edit, index, commit to git, reply over HTTP),
 * compared with inserting the same turns as rows, one transaction a session. The scripted model answers at once, so
 * only the product's own work counts.
 */
export async function measureWayIn(server: TestServer, own: BenchDatabase): Promise<WayInResult> {
  const client = new pg.Client({ connectionString: own.url });
  await client.connect();
  const gemini = await startScriptedGemini({ answer: answerCounted });
  try {
    const floor = await rateOf(() => Promise.all(names().map((name) => insertPlainly(own.url, name))));
    const byRules = await rateOf(() => sendAll(server));
    const { rate: byModel, people } = await withModel(gemini, async () => {
      let sent: Person[] = [];
      const rate = await rateOf(async () => {
        sent = await sendAll(server);
      });
      return { rate, people: sent };
    });
    const { rows } = await client.query<{ calls: number; input: number; output: number }>(
      `select count(*)::integer as calls, sum(input_tokens)::integer as input, sum(output_tokens)::integer as output
        from usage_ledger where kind = 'extraction' and user_id = any ($1)`,
      [people.map(({ userId }) => userId)],
    );
    const sessions = PEOPLE * SESSIONS;
    const each = (sum = 0) => Math.round((10 * sum) / sessions) / 10;
    const line = (label: string, rate: number) => ({ label, per_second: round(rate), ratio: round(rate / floor) });
    return {
      sessions,
      turns: TURNS,
      rates: [
        line('floor: the turns as rows, one transaction', floor),
        line('ours, by rules', byRules),
        line('ours, by a scripted model', byModel),
      ],
      calls_per_session: each(rows[0]?.calls),
      input_tokens_per_session: each(rows[0]?.input),
      output_tokens_per_session: each(rows[0]?.output),
    };
  } finally {
    await gemini.close();
    await client.end();
  }
}

const round = (value: number) => Math.round(value * 100) / 100;

async function rateOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (1000 * PEOPLE * SESSIONS) / (performance.now() - startedAt);
}

async function sendAll(server: TestServer): Promise<Person[]> {
  return Promise.all(
    names().map(async (name) => {
      const person = await server.signUp();
      for (let number = 0; number < SESSIONS; number += 1)
        await sendSession(server, person, { id: `${name}-${number}`, turns: turnsOf(name, number) });
      return person;
    }),
  );
}

const names = () => Array.from({ length: PEOPLE }, (_, index) => `friend${index}`);

function turnsOf(name: string, session: number): Turn[] {
  return Array.from({ length: TURNS }, (_, turn) => ({
    speaker: turn % 2 === 0 ? 'Ines' : name,
    text: `In session ${session} I told ${name} that plan ${turn} for the harbour moved to pier ${(session * TURNS + turn) % 97}.`,
    said_at: new Date(Date.UTC(2026, 0, 1 + session, 9, turn)).toISOString(),
  }));
}

async function insertPlainly(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client
    .query('create table if not exists floor_turns (session text, position integer, turn jsonb)')
    .catch(() => undefined);
  for (let number = 0; number < SESSIONS; number += 1) {
    const turns = turnsOf(name, number).map((turn) => JSON.stringify(turn));
    await client.query('begin');
    await client.query(
      'insert into floor_turns select $1, t.position, t.turn::jsonb from unnest($2::text[]) with ordinality as t (turn, position)',
      [`${name}-${number}`, turns],
    );
    await client.query('commit');
  }
  await client.end();
}

/** Configures the scripted model in the product's environment while the work runs. */
async function withModel<T>(gemini: ScriptedGemini, work: () => Promise<T>): Promise<T> {
  Object.assign(environment, { GEMINI_API_KEY: 'scripted-key', GOOGLE_GEMINI_BASE_URL: gemini.url });
  try {
    return await work();
  } finally {
    Object.assign(environment, { GEMINI_API_KEY: undefined, GOOGLE_GEMINI_BASE_URL: undefined });
  }
}

/** Counts four characters as a token, in the request and in the answer. */
function answerCounted(request: ScriptedRequest) {
  const text = answerOf(request);
  const tokensOf = (length: number) => Math.ceil(length / 4);
  return { text, usage: { input: tokensOf(JSON.stringify(request.body).length), output: tokensOf(text.length) } };
}

/** Answers with an edit of the friend's file: the first session creates it, each later one appends a block. */
function answerOf({ body }: ScriptedRequest): string {
  const text = JSON.stringify(body);
  const name = /friend\d+/.exec(text)?.[0] ?? 'friend';
  const path = `memories/people/${name}.md`;
  if (text.includes('"paths"')) return JSON.stringify({ paths: [path] });
  const session = /In session (\d+)/.exec(text)?.[1] ?? '0';
  const block = {
    heading: `Session ${session}`,
    text: `Plans for the harbour moved in session ${session}.`,
    strength: 'medium',
  };
  const edit = text.includes(`<file path=\\"${path}\\">`)
    ? { op: 'append', path, block }
    : { op: 'create', path, name, type: 'person', aliases: [], blocks: [block] };
  return JSON.stringify({ edits: [edit] });
}
