import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveTurns } from '../../functions/entities/archive-turns.ts';
import type { Turn } from '../../functions/entities/files/archive.ts';
import { archiveSession } from '../../functions/entities/session.ts';
import type { Database } from '../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { createId } from '../../functions/platform/id.ts';
import { asOwner, createPerson, type Person, scopeOf } from './people.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(closeDatabase);

const material = { task: '', reports: [], model: { provider: 'gemini' as const, model: 'gemini-2.5-flash' } };

async function archive(person: Person, turns: Turn[], sessionId = createId('run')) {
  const { tenantId, userId } = person;
  const written = await database.as(scopeOf(person)).transaction(async (transaction) => {
    await archiveSession(transaction, { tenantId, userId, runId: sessionId, kind: 'transcript', material });
    return archiveTurns(transaction, { tenantId, userId, sessionId, turns });
  });
  return { sessionId, written };
}

const turns: Turn[] = [
  { speaker: 'Ada', said_at: '2026-03-01T10:00:00+02:00', text: 'I moved to Lyon.\0', caption: 'a bridge' },
  { speaker: 'Bob', said_at: '2026-03-01T10:01:00+02:00', text: '' },
];

const readTurns = (person: Person) =>
  database.as(scopeOf(person)).query({
    name: 'test_turns',
    text: 'select position, speaker, said_at, text, caption from memory_turns order by session_id, position',
  });

describe('archiveTurns', () => {
  it('writes the turns of a session once, with order, speaker, time and caption', async () => {
    const person = await createPerson(database);
    const { sessionId, written } = await archive(person, turns);
    const again = await archive(person, [...turns, { ...turns[1], text: 'New' } as Turn], sessionId);
    expect([written, again.written]).toEqual([2, 1]);
    const rows = await readTurns(person);
    expect(rows).toMatchObject([
      { position: 0, speaker: 'Ada', text: 'I moved to Lyon.\u2400', caption: 'a bridge' },
      { position: 1, speaker: 'Bob', text: '', caption: null },
      { position: 2, text: 'New' },
    ]);
    expect(new Date(String(rows[0]?.said_at)).toISOString()).toBe('2026-03-01T08:00:00.000Z');
  });

  it('shows turns to their user only, and writes nothing to the session of another user', async () => {
    const owner = await createPerson(database);
    const colleague = await createPerson(database, 'admin', owner.tenantId);
    const stranger = await createPerson(database);
    const { sessionId } = await archive(owner, turns);
    for (const other of [colleague, stranger]) {
      const { tenantId, userId } = other;
      const written = await archiveTurns(database.as(scopeOf(other)), { tenantId, userId, sessionId, turns });
      expect(written).toBe(0);
      expect(await readTurns(other)).toEqual([]);
    }
    const forged = archiveTurns(database.as(scopeOf(colleague)), {
      tenantId: owner.tenantId,
      userId: owner.userId,
      sessionId,
      turns: [...turns, ...turns],
    });
    await expect(forged).rejects.toThrow(/row-level security/);
  });

  it('deletes the turns together with their session', async () => {
    const person = await createPerson(database);
    const { sessionId } = await archive(person, turns);
    await asOwner(database, (transaction) =>
      transaction.query({
        name: 'test_delete_session',
        text: 'delete from memory_sessions where id = $1',
        values: [sessionId],
      }),
    );
    expect(await readTurns(person)).toEqual([]);
  });
});
