import { parseEntity, sectionsOf } from '../files/entity-file.ts';
import type { BlockRow, EndedBlock, NamedFile } from '../sql/memory-block.ts';

type Texts = ReadonlyMap<string, string | undefined>;

/** A commit that changes blocks. */
interface Change {
  commitId: string;
  at: string;
}

/** Returns the name and the aliases of a file, one a line. A file that is removed has none. */
export function namesIn(text: string | undefined): string {
  const { name, aliases } = parseEntity(text ?? '').frontmatter;
  return [name ?? [], aliases].flat().join('\n');
}

/**
 * Returns the rows to end and the rows to begin, so that the current rows of these files match their texts, and the
 * files whose names changed. A block
 * that is only moved keeps the commit that wrote its text: blame must name the session that said it.
 * @param current the current rows of the files
 * @param texts new texts by path; undefined for a file that is removed
 */
export function changeBlocks(
  current: readonly BlockRow[],
  texts: Texts,
  { commitId, at }: Change,
): { ended: BlockRow[]; begun: BlockRow[]; named: NamedFile[] } {
  const wanted = new Map(
    [...texts].flatMap(([path, text]) =>
      sectionsOf(text ?? '').map((block): [string, BlockRow] => [
        keyOf({ path, block: block.id }),
        {
          path,
          block: block.id,
          heading: block.heading,
          text: block.text,
          names: namesIn(text),
          strength: block.strength,
          always_load: block.alwaysLoad,
          commit_id: commitId,
          valid_from: at,
        },
      ]),
    ),
  );
  const ended = current.filter((row) => {
    const isKept = isSame(row, wanted.get(keyOf(row)));
    if (isKept) wanted.delete(keyOf(row));
    return !isKept;
  });
  const authors = new Map(ended.map((row) => [contentOf(row), row.commit_id]));
  const begun = [...wanted.values()].map((row) => ({ ...row, commit_id: authors.get(contentOf(row)) ?? commitId }));
  const named = [...texts]
    .map(([path, text]) => ({ path, names: namesIn(text) }))
    .filter(({ path, names }) => current.some((row) => row.path === path && row.names !== names));
  return { ended, begun, named };
}

/** The rows of blocks that a rewritten history ends and begins, collected commit by commit. */
export class BlockHistory {
  readonly begun: (BlockRow & { valid_to: string | undefined })[] = [];
  /** Rows from before the rewritten commits. */
  readonly ended: EndedBlock[] = [];
  readonly #current = new Map<string, BlockRow[]>();

  /** @param current the rows that were current before the first rewritten commit */
  constructor(current: readonly BlockRow[]) {
    for (const row of current) this.#ofPath(row.path).push(row);
  }

  /** Adds the entity files that a commit changes. */
  add(commit: Change, texts: Texts): void {
    const { ended, begun } = changeBlocks(
      [...texts.keys()].flatMap((path) => this.#ofPath(path)),
      texts,
      commit,
    );
    for (const row of ended) {
      const all = this.#ofPath(row.path);
      all.splice(all.indexOf(row), 1);
      // Only rows of rewritten commits have `valid_to`; they are inserted with it.
      if ('valid_to' in row) row.valid_to = commit.at;
      else this.ended.push({ path: row.path, block: row.block, at: commit.at });
    }
    for (const row of begun) {
      const open = { ...row, valid_to: undefined };
      this.begun.push(open);
      this.#ofPath(row.path).push(open);
    }
  }

  #ofPath(path: string): BlockRow[] {
    const found = this.#current.get(path) ?? [];
    this.#current.set(path, found);
    return found;
  }
}

export function keyOf({ path, block }: Pick<BlockRow, 'path' | 'block'>): string {
  return `${path} ${block}`;
}

function contentOf({ heading, text }: Pick<BlockRow, 'heading' | 'text'>): string {
  return `${heading}\n${text}`;
}

function isSame(row: BlockRow, other: BlockRow | undefined): boolean {
  return (
    other !== undefined &&
    contentOf(row) === contentOf(other) &&
    row.strength === other.strength &&
    row.always_load === other.always_load
  );
}
