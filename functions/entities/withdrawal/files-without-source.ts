import { isIndexPath } from '../files/entity-index.ts';
import { isEntityPath } from '../files/ontology.ts';
import { indexText, linesOnlyIn, wordsOnlyIn } from './copied-words.ts';
import { FileVersions, type HistorySlice, type OriginalCommit, type Version } from './history-slice.ts';

/**
 * The files of the branch as they would be without the source, next to the original ones. Filled by the replay, commit
 * by commit. Index entries are left out.
 */
export class FilesWithoutSource {
  /** Files of which any version differs from the original one. */
  readonly affected = new Set<string>();
  readonly #slice: HistorySlice;
  readonly #versions = new FileVersions();

  constructor(slice: HistorySlice) {
    this.#slice = slice;
  }

  /** Returns the file without the source, as of a position. */
  at(position: number, path: string): Version | undefined {
    const { first } = this.#slice;
    return position >= first && this.#versions.has(path)
      ? this.#versions.at(position, path)
      : this.original(Math.min(position, first - 1), path);
  }

  /** Returns the original file, as of a position. */
  original(position: number, path: string): Version | undefined {
    return this.#slice.versions.at(position, path);
  }

  /** Tells whether the file is the same with and without the source. */
  isUnaffected(position: number, path: string): boolean {
    return position < this.#slice.first || this.at(position, path)?.blobId === this.original(position, path)?.blobId;
  }

  /** Writes a file of a replayed commit; undefined removes it. Returns false when the file already has this content. */
  write(position: number, path: string, version: Version | undefined): boolean {
    if (this.at(position, path)?.blobId === version?.blobId) return false;
    const before = this.#slice.first - 1;
    if (!this.#versions.has(path)) this.#versions.add(before, path, this.original(before, path));
    this.#versions.add(position, path, version);
    return true;
  }

  /** Ends a replayed commit: updates `affected`. */
  endCommit({ position, changes }: OriginalCommit, written: Iterable<string>): void {
    for (const path of [...changes.keys(), ...written]) {
      if (!isIndexPath(path) && !this.isUnaffected(position, path)) this.affected.add(path);
    }
  }

  /**
   * Returns the words, in lower case, that a reader at a commit saw only because of the source. The reader saw the
   * whole index, and the contents of the files `shown` (of all files without `shown`).
   */
  removedWords(position: number, shown?: ReadonlySet<string>): Set<string> {
    const removed: string[] = [];
    const kept: string[] = [];
    for (const path of this.affected) {
      if (!isEntityPath(path) || this.isUnaffected(position, path)) continue;
      const [before, after] = [this.original(position, path)?.text, this.at(position, path)?.text];
      const isShown = shown === undefined || shown.has(path);
      const seen = (text: string) => (isShown ? `${path}\n${text}` : indexText(path, text));
      if (before !== undefined) removed.push(linesOnlyIn(seen(before), after === undefined ? '' : seen(after)));
      if (after !== undefined) kept.push(seen(after));
    }
    if (removed.length === 0) return new Set();
    // Words that also occur in unaffected files may come from there.
    for (const path of shown ?? []) if (!this.affected.has(path)) kept.push(this.at(position, path)?.text ?? '');
    return wordsOnlyIn(removed, kept);
  }
}
