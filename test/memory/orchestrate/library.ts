import { archiveTurns } from '../../../functions/entities/archive-turns.ts';
import { applyChangeSet } from '../../../functions/entities/branch/apply-change-set.ts';
import { openCommit } from '../../../functions/entities/branch/open-commit.ts';
import type { Edit } from '../../../functions/entities/files/edit.ts';
import { insertChangeSet } from '../../../functions/entities/sql/memory-job.ts';
import { insertRepository } from '../../../functions/entities/sql/memory-repository.ts';
import { insertTranscript } from '../../../functions/entities/sql/session-turn.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { createId } from '../../../functions/platform/id.ts';
import { type Person, scopeOf } from '../../entities/people.ts';
import type { ScriptedRequest } from '../../support/scripted-provider.ts';

/** What the tests put into memories, and how a script reads what it was shown. */

export const ATLAS = 'memories/contexts/atlas.md';
export const INES = 'memories/people/ines.md';
export const MAYA = 'memories/people/maya.md';

interface Session {
  id: string;
  /** `YYYY-MM-DD` */
  day: string;
  says?: [speaker: string, text: string][];
  edits?: Edit[];
}

/** A session that is archived and committed, by the product's own way but for the model that would have proposed its edits. Answers its commit's id. */
export async function rememberSession(database: Database, person: Person, session: Session): Promise<string> {
  const { id, day, says = [], edits = [] } = session;
  const owner = { tenantId: person.tenantId, userId: person.userId };
  return database.as(scopeOf(person)).transaction(async (transaction) => {
    await insertRepository(transaction, { id: createId('repo'), ...owner, ontology: 'personal' });
    await insertTranscript(transaction, { ...owner, id });
    const turns = says.map(([speaker, text]) => ({ speaker, text, said_at: `${day}T10:00:00Z` }));
    await archiveTurns(transaction, { ...owner, sessionId: id, turns });
    const head = await openCommit(transaction);
    const set = { sessionId: id, baseCommit: head?.id, proposer: 'rules' as const, edits, day };
    await insertChangeSet(transaction, owner, set);
    return (await applyChangeSet(transaction, owner, set)).id;
  });
}

export function createFile(path: string, name: string, blocks: [heading: string, text: string][]): Edit {
  const type = path.includes('/people/') ? 'person' : 'context';
  const written = blocks.map(([heading, text]) => ({ heading, text, strength: 'medium' as const, always_load: false }));
  return { op: 'create', path, name, type, aliases: [], blocks: written };
}

/** A project that names its leader, whose own file tells what she decided: two hops. */
export function rememberAtlas(database: Database, person: Person): Promise<string> {
  return rememberSession(database, person, {
    id: 'planning',
    day: '2026-03-03',
    says: [
      ['Maya', 'Ines Duarte leads the project Atlas since Monday.'],
      ['Ines', 'I decided that we store the maps in Parquet.'],
    ],
    edits: [
      createFile(ATLAS, 'Atlas', [['Team', 'The project Atlas is led by Ines Duarte since 2026-03-02.']]),
      createFile(INES, 'Ines Duarte', [
        ['Role', 'She leads a project.'],
        ['Decision of 2026-03-03', 'Parquet was chosen for the maps, because readers skip columns.'],
      ]),
    ],
  });
}

/** Everything that the model was shown. */
export function textOf(request: ScriptedRequest | undefined): string {
  return (request?.messages ?? [])
    .map((message) => (message.role === 'tool' ? message.results.map(({ output }) => output).join('\n') : message.text))
    .join('\n');
}

/** The ref of the thing that holds these words, as it stands in what the model was shown. */
export function refOf(request: ScriptedRequest, words: string): string {
  const tags = textOf(request).matchAll(/<\w+ ref="(\w+)"[^>]*>([^<]*)<\//g);
  for (const [, ref, text] of tags) if (ref !== undefined && text?.includes(words)) return ref;
  throw new Error(`Nothing that was shown says ${words}`);
}
