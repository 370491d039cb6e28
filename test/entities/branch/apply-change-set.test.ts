import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applyChangeSet,
  BaseMissing,
  ChangeConflict,
  type ChangeSet,
} from '../../../functions/entities/branch/apply-change-set.ts';
import { openCommit, textsAt } from '../../../functions/entities/branch/read-branch.ts';
import { writeCommit } from '../../../functions/entities/branch/write-commit.ts';
import { Edit } from '../../../functions/entities/files/edit.ts';
import { claimRepository, insertRepository } from '../../../functions/entities/sql/memory-repository.ts';
import type { Database, Transaction } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, type Person, scopeOf } from '../people.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
}, 60_000);
afterAll(closeDatabase);

const MAYA = 'memories/people/maya.md';
const ownerOf = ({ tenantId, userId }: Person) => ({ tenantId, userId });
const inTransaction = <T>(who: Person, work: (transaction: Transaction) => Promise<T>) =>
  database.as(scopeOf(who)).transaction(work);

async function createUser(): Promise<Person> {
  const who = await createPerson(database, 'member');
  const repository = { id: createId('repo'), ...ownerOf(who), ontology: 'personal' as const };
  await inTransaction(who, (transaction) => insertRepository(transaction, repository));
  return who;
}

function changeSet(sessionId: string, baseCommit: string | undefined, ...edits: object[]): ChangeSet {
  return { sessionId, baseCommit, proposer: 'model', edits: edits.map((edit) => Edit.parse(edit)), day: '2026-03-03' };
}

const home = { heading: 'Home', text: 'Porto.' };
const create = { op: 'create', path: MAYA, name: 'Maya', type: 'person', aliases: ['May'], blocks: [home] };
const append = { op: 'append', path: MAYA, block: { heading: 'Boat', text: 'Oak.' } };
const apply = (who: Person, set: ChangeSet) =>
  inTransaction(who, (transaction) => applyChangeSet(transaction, ownerOf(who), set));

/** Commits texts on top of the head, or on top of `head`. */
const write = (who: Person, writes: Map<string, string | undefined>, head?: { id: string; position: number }) =>
  inTransaction(who, async (transaction) => {
    const repository = await claimRepository(transaction);
    const found = await openCommit(transaction);
    if (repository === undefined || found === undefined) throw new Error('The user has no commit');
    const plan = { owner: ownerOf(who), repository, head: { ...found, ...head }, writes, message: 'Write' };
    return writeCommit(transaction, plan);
  });
const textOf = async (who: Person) => {
  const scoped = database.as(scopeOf(who));
  const head = await openCommit(scoped);
  return (await textsAt(scoped, head?.tree_id, [MAYA])).get(MAYA);
};

test('commits a session once: a second call returns the same commit', async () => {
  const who = await createUser();
  const set = changeSet('s', undefined, create);
  const first = await apply(who, set);
  expect(first.position).toBe(1);
  expect(await apply(who, set)).toMatchObject({ id: first.id, position: 1 });
});

test('throws BaseMissing when the base commit does not exist any more', async () => {
  const who = await createUser();
  await apply(who, changeSet('s', undefined, create));
  await expect(apply(who, changeSet('t', 'f'.repeat(40), append))).rejects.toBeInstanceOf(BaseMissing);
});

test('writes default frontmatter when the file was removed since the base', async () => {
  const who = await createUser();
  const { id } = await apply(who, changeSet('s', undefined, create));
  await write(who, new Map([[MAYA, undefined]]));
  await apply(who, changeSet('t', id, append));
  const text = await textOf(who);
  expect(text).toMatch(/^---\nname: Maya\ntype: person\naliases: \[\]\n---\n/);
  expect([text?.includes('Oak.'), text?.includes('Porto.')]).toEqual([true, false]);
});

test('returns undefined and commits nothing when no file changes', async () => {
  const who = await createUser();
  const { id } = await apply(who, changeSet('s', undefined, create));
  expect(await write(who, new Map([[MAYA, await textOf(who)]]))).toBeUndefined();
  expect((await openCommit(database.as(scopeOf(who))))?.id).toBe(id);
});

test('throws and commits nothing for a new path that some disk refuses', async () => {
  const who = await createUser();
  const { id } = await apply(who, changeSet('s', undefined, create));
  await expect(write(who, new Map([['sessions/aux.txt', 'x']]))).rejects.toThrow('a name that Windows reserves');
  expect((await openCommit(database.as(scopeOf(who))))?.id).toBe(id);
});

test('throws a conflict when two sessions are too large for one file together', async () => {
  const who = await createUser();
  const { id } = await apply(who, changeSet('s', undefined, create));
  const large = (heading: string) =>
    ['One', 'Two'].map((part) => ({
      op: 'append',
      path: MAYA,
      block: { heading: `${heading} ${part}`, text: 'x'.repeat(19_000) },
    }));
  await apply(who, changeSet('t', id, ...large('T')));
  await expect(apply(who, changeSet('u', id, ...large('U')))).rejects.toBeInstanceOf(ChangeConflict);
});

test('throws and commits nothing when the branch is not at the planned head', async () => {
  const who = await createUser();
  const { id } = await apply(who, changeSet('s', undefined, create));
  const stale = { id: 'f'.repeat(40), position: 1 };
  await expect(write(who, new Map([[MAYA, '### A\nB.\n']]), stale)).rejects.toThrow('The branch main moved');
  expect((await openCommit(database.as(scopeOf(who))))?.id).toBe(id);
});
