import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type LocalServer, startLocalServer } from '../../support/local-server.ts';
import { findTraces } from '../../support/traces.ts';

let server: LocalServer;
let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'apexflow-erasure-'));
  server = await startLocalServer({ APEXFLOW_HOME: home });
}, 60_000);
afterAll(async () => {
  await server?.kill();
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

const newWord = () => `Zyx${createId('word').slice(-13)}`;
const call = async (token: string, method: string, path: string, body?: unknown, headers = {}) => {
  const answer = await server.call(method, `/api/v1/memory${path}`, { token, headers, ...(body ? { body } : {}) });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
};
/** Teaches a word in every way that a client has: turns, entity files, a fact, a stored answer, a long text. */
async function teach(token: string, session_id: string, word: string) {
  const turns = [
    { speaker: word, text: `My boat is ${word} since 2020.` },
    { speaker: 'Anna', text: `Twice ${word}, ${'and twice as long. '.repeat(400)}` },
  ];
  const key = { 'idempotency-key': word };
  const job = await call(token, 'POST', '/process-and-commit?wait=45', { session_id, turns }, key);
  expect(job).toMatchObject({ status: 'committed' });
  await call(token, 'POST', '', { text: `The boat of Anna is ${word}.` }, key);
}

test('finds a word in plain bytes, in compressed bytes, and in compressed rows of Postgres', () => {
  const folder = mkdtempSync(join(tmpdir(), 'apexflow-traces-'));
  writeFileSync(join(folder, 'plain'), 'x Zyxwvuts0123456 y');
  writeFileSync(join(folder, 'zlib'), Buffer.concat([Buffer.from('xx'), deflateSync('x zyxWVUTS0123456 y'.repeat(9))]));
  writeFileSync(join(folder, 'pglz'), 'Zyxwv\u0000uts01234\u000056');
  writeFileSync(join(folder, 'other'), 'Zyxwvuts-0--123456');
  expect(
    findTraces(folder, 'Zyxwvuts0123456')
      .map((path) => path.slice(folder.length + 1))
      .sort(),
  ).toEqual(['plain', 'pglz', 'zlib'].sort());
  rmSync(folder, { recursive: true });
});

test('after an erasure no file of the local installation contains a word of the source or of the user', async () => {
  const token = await server.register();
  const [word, kept] = [newWord(), newWord()];
  await teach(token, 'bad', word);
  await teach(token, 'good', kept);
  expect(findTraces(home, word)).not.toEqual([]);
  // The fact is of the user, not of the session, so it is a source of its own.
  for (const { id, text } of (await call(token, 'GET', '?limit=100')).items)
    if (text.includes(word)) await call(token, 'DELETE', `/${id}`);
  await call(token, 'POST', '/erase', { source_id: 'bad' });
  expect(findTraces(home, word)).toEqual([]);
  expect(JSON.stringify(await call(token, 'POST', '/search', { query: kept }))).toContain(kept);

  await call(token, 'POST', '/erase', {});
  expect(findTraces(home, kept)).toEqual([]);
  // Nothing of the two words is written when the server stops.
  expect(await server.stop()).toBe(0);
  expect([...findTraces(home, word), ...findTraces(home, kept)]).toEqual([]);
});

test('erasing a subject leaves no word of it in the files, nor of what was deleted before', async () => {
  if (server.child.exitCode !== null) await server.restart();
  const token = await server.register();
  const [word, deleted] = [newWord(), newWord()];
  await call(token, 'POST', '', { text: `The boat of Anna is ${word}.`, user_id: 'anna' });
  const { id } = await call(token, 'POST', '', { text: `The boat of Bob is ${deleted}.` });
  await call(token, 'DELETE', `/${id}`);
  expect([findTraces(home, word), findTraces(home, deleted)]).not.toContainEqual([]);
  await call(token, 'DELETE', '/subjects/anna');
  expect([...findTraces(home, word), ...findTraces(home, deleted)]).toEqual([]);
});

test('an erasure that a crash cut off is completed at the next start', async () => {
  if (server.child.exitCode !== null) await server.restart();
  const token = await server.register();
  const word = newWord();
  const { id } = await call(token, 'POST', '', { text: `The boat of Anna is ${word}.` });
  await call(token, 'DELETE', `/${id}`);
  await server.kill();
  expect(findTraces(home, word)).not.toEqual([]);
  // As if the process had been killed in an erasure, after its transaction and before the end of its purge.
  writeFileSync(join(home, 'postgres.purge'), '');
  await server.restart();
  expect(findTraces(home, word).map((path) => path.slice(home.length))).toEqual([]);
  expect(readdirSync(home)).not.toContain('postgres.purge');
});
