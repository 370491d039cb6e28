import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyChangeSet, type ChangeSet } from '../../../functions/entities/branch/apply-change-set.ts';
import { entityTexts, openCommit } from '../../../functions/entities/branch/read-branch.ts';
import { Edit } from '../../../functions/entities/files/edit.ts';
import { parseEntity } from '../../../functions/entities/files/entity-file.ts';
import { proposeAndStage } from '../../../functions/entities/ingest/process.ts';
import { receiveSession } from '../../../functions/entities/ingest/receive-session.ts';
import { findChangeSet, findJob, insertChangeSet } from '../../../functions/entities/sql/memory-job.ts';
import { insertRepository } from '../../../functions/entities/sql/memory-repository.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import { createPerson, forever, type Person, scopeOf } from '../people.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
  // Delivers no task: each test runs the step itself.
  useQueue({ create: async () => undefined, close: async () => undefined });
});
afterAll(() => closeDatabase());

const ownerOf = ({ tenantId, userId }: Person) => ({ tenantId, userId });

/** Receives a session in which each speaker says one sentence. Returns the job. */
async function receive(who: Person, id: string, ...speakers: string[]): Promise<string> {
  const turns = speakers.map((speaker) => ({ speaker, text: `I own ${id} boats.`, said_at: '2026-03-03T10:00:00Z' }));
  await database
    .as(scopeOf(who))
    .transaction((transaction) => receiveSession(transaction, { owner: ownerOf(who), id, turns, commits: true }));
  return (await findJob(database.as(scopeOf(who)), { sessionId: id }))?.id ?? '';
}

const process = (who: Person, jobId: string) => proposeAndStage({ database, ...ownerOf(who), jobId, signal: forever });

/** Returns the name and the number of blocks of each entity file, by path. */
async function filesOf(who: Person): Promise<Record<string, [string | undefined, number]>> {
  const scoped = database.as(scopeOf(who));
  const texts = await entityTexts(scoped, (await openCommit(scoped))?.tree_id);
  return Object.fromEntries(
    [...texts].map(([path, text]) => {
      const { frontmatter, blocks } = parseEntity(text);
      return [path, [frontmatter.name, blocks.length]];
    }),
  );
}

describe('two speakers whose names have the same letters', () => {
  const both = [
    ['Hùng', 2],
    ['Hưng', 2],
  ];

  test('get two files, and the same ones in the next session', async () => {
    const who = await createPerson(database, 'member');
    await process(who, await receive(who, 's1', 'Hùng', 'Hưng'));
    await process(who, await receive(who, 's2', 'Hưng', 'Hùng'));
    expect(Object.values(await filesOf(who)).sort()).toEqual(both.toSorted());
  });

  test('get two files when their sessions arrive at once', async () => {
    const who = await createPerson(database, 'member');
    const jobs = [await receive(who, 's1', 'Hùng'), await receive(who, 's2', 'Hưng'), await receive(who, 's3', 'Hùng')];
    await Promise.all(jobs.map((job) => process(who, job)));
    await process(who, await receive(who, 's4', 'Hưng'));
    expect(Object.values(await filesOf(who)).sort()).toEqual(both.toSorted());
  });
});

describe('a session that was staged before the branch gave its path to somebody else', () => {
  const path = 'memories/people/hung.md';
  const create = (name: string, aliases: string[] = []) =>
    Edit.parse({
      op: 'create',
      path,
      name,
      aliases,
      type: 'person',
      blocks: [{ heading: name, text: `${name} sails.` }],
    });

  async function commitBoth(one: Edit[], other: Edit[]) {
    const who = await createPerson(database, 'member');
    await database.as(scopeOf(who)).transaction(async (transaction) => {
      await insertRepository(transaction, { id: createId('repo'), ...ownerOf(who), ontology: 'personal' });
      for (const [index, edits] of [one, other].entries()) {
        const set: ChangeSet = {
          sessionId: `s${index}`,
          baseCommit: undefined,
          proposer: 'model',
          edits,
          day: '2026-03-03',
        };
        await insertChangeSet(transaction, ownerOf(who), set);
        await applyChangeSet(transaction, ownerOf(who), set);
      }
    });
    const stored = await findChangeSet(database.as(scopeOf(who)), 's1');
    return { files: await filesOf(who), edits: (stored?.edits ?? []) as Edit[] };
  }

  test('creates a file of its own, and its edits name that file from then on', async () => {
    const append = Edit.parse({ op: 'append', path, block: { heading: 'More', text: 'Hưng rows.' } });
    const { files, edits } = await commitBoth([create('Hùng')], [create('Hưng'), append]);
    const [own] = Object.keys(files).filter((each) => each !== path);
    expect(files).toEqual({ [path]: ['Hùng', 1], [own ?? '']: ['Hưng', 2] });
    expect(edits.map((edit) => edit.path)).toEqual([own, own]);
  });

  test('adds to the file when it is about the same person', async () => {
    const { files } = await commitBoth([create('Hùng', ['Hưng'])], [create('Hưng')]);
    expect(files).toEqual({ [path]: ['Hùng', 2] });
  });
});
