import { createHash } from 'node:crypto';
import type { Transaction } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import { type ImportedStatement, importStatement, removeImportedStatement } from '../../village/import-statement.ts';
import { AgentName, type Realm } from '../../village/statement.ts';
import type { ItemKind } from '../import.ts';
import { listMappings, upsertMappings } from '../sql/mapping.ts';
import { textOf } from './fields.ts';
import type { ImportScope } from './kind.ts';

/** What the report says of everything that is said in the realm `village`. */
export const FOR_EVERYBODY = 'Everybody in your workspace can read it in the village.';

/** The most characters of a statement. A longer text becomes several, one in response to the other. */
const LONGEST = 4_000;

/** Returns a name as an agent can have it; undefined for nobody in particular. */
export function agentOf(value: unknown): string | undefined {
  const name = textOf(value)?.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '');
  return AgentName.safeParse(name?.slice(0, 100).toWellFormed()).data;
}

/** Returns our id of a thread of the source. Users who see different realms must not share a thread. */
export async function threadFor(
  transaction: Transaction,
  { realm, sourceId, title }: { realm: Realm; sourceId: string; title: string },
): Promise<{ id: string; title: string }> {
  const place = { kind: 'thread' as const, sourceId: idOf(`${realm}:${sourceId}`) };
  const [known] = await listMappings(transaction, [place]);
  if (known !== undefined) return { id: known.target_id, title };
  const id = createId('thread');
  await transaction.query(
    upsertMappings([{ kind: place.kind, source_id: place.sourceId, target_id: id, hash: '', rest: {} }]),
  );
  return { id, title };
}

/** A text of the source under its id. */
export interface SaidText {
  kind: ItemKind;
  sourceId: string;
  statement: ImportedStatement;
}

/**
 * Writes a text as statements and maps each. What was said is never changed: a text that is another one now is said
 * again, at its time, and the old statements are deleted. Returns the id of the first statement, and `deleted` when the
 * user has deleted it here.
 */
export async function say(
  transaction: Transaction,
  scope: Pick<ImportScope, 'tenantId' | 'userId'>,
  { kind, sourceId, statement }: SaidText,
): Promise<{ id: string; outcome: 'said' | 'same' | 'deleted' }> {
  const pieces = piecesOf(statement.content);
  const names = pieces.map((_, at) => idOf(at === 0 ? sourceId : `${sourceId}+${at}`));
  const known = new Map(
    (
      await listMappings(
        transaction,
        names.map((name) => ({ kind, sourceId: name })),
      )
    ).map((row) => [row.source_id, row]),
  );
  let before: string | undefined;
  let first: string | undefined;
  for (const [at, content] of pieces.entries()) {
    const name = names[at] ?? sourceId;
    const hash = createHash('sha256')
      .update(JSON.stringify({ ...statement, content, thread: undefined }))
      .digest('hex');
    const old = known.get(name);
    if (old?.hash === hash) {
      before = old.target_id;
      first ??= before;
      continue;
    }
    const respondingTo = before === undefined ? statement.respondingTo : [before];
    // Before the old one is deleted, because a thread ends with its last statement.
    const id = await importStatement(transaction, scope, { ...statement, content, respondingTo });
    if (old !== undefined && !(await removeImportedStatement(transaction, old.target_id))) {
      await removeImportedStatement(transaction, id);
      return { id: old.target_id, outcome: 'deleted' };
    }
    await transaction.query(upsertMappings([{ kind, source_id: name, target_id: id, hash, rest: {} }]));
    before = id;
    first ??= id;
  }
  return { id: first ?? '', outcome: 'said' };
}

/** Cuts a text into pieces that fit, at the end of a word where there is one. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let rest = text.trim();
  while (rest.length > LONGEST) {
    const space = Math.max(rest.lastIndexOf('\n', LONGEST), rest.lastIndexOf(' ', LONGEST));
    const isPair = /[\ud800-\udbff]/.test(rest.charAt(LONGEST - 1));
    const end = space > LONGEST / 2 ? space : isPair ? LONGEST - 1 : LONGEST;
    pieces.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return rest === '' ? pieces : [...pieces, rest];
}

/** An id that is too long for an index is known by its hash. */
function idOf(id: string): string {
  return id.length <= 200 ? id : createHash('sha256').update(id).digest('hex');
}
