import { isIndexPath } from '../files/entity-index.ts';
import { isEntityPath } from '../files/ontology.ts';
import { FileVersions, type Version } from './file-versions.ts';
import { linesOnlyIn, listedAs, wordsOnlyIn } from './foreign-words.ts';
import { isMerged, type Past, type PastCommit } from './past.ts';

/** The files of a branch that is made anew, beside those that it had: every version since the first commit that is made anew. */
export class NewFiles {
  readonly #past: Past;
  readonly #versions = new FileVersions();
  /** Blob ids by path as they are by now, without the source and with it. The index is in neither. */
  readonly blobs: Map<string, string>;
  readonly blobsBefore: Map<string, string>;
  /** Entity files that were ever another than they are. */
  readonly touched = new Set<string>();

  constructor(past: Past) {
    this.#past = past;
    this.blobs = new Map([...past.files].filter(([path]) => !isIndexPath(path)));
    this.blobsBefore = new Map(this.blobs);
  }

  /** The file without the source. */
  at(position: number, path: string): Version | undefined {
    const { first } = this.#past;
    return position >= first && this.#versions.has(path)
      ? this.#versions.at(position, path)
      : this.was(Math.min(position, first - 1), path);
  }

  /** The file as it was. */
  was(position: number, path: string): Version | undefined {
    return this.#past.versions.at(position, path);
  }

  isAsItWas(position: number, path: string): boolean {
    if (!isMerged(path)) return this.blobs.get(path) === this.blobsBefore.get(path);
    return position < this.#past.first || this.at(position, path)?.blobId === this.was(position, path)?.blobId;
  }

  /** Takes in what a commit makes of a file; false when it leaves it as the commit before had it. */
  put(position: number, path: string, version: { blobId: string; text?: string } | undefined): boolean {
    if (this.blobs.get(path) === version?.blobId) return false;
    if (version === undefined) this.blobs.delete(path);
    else this.blobs.set(path, version.blobId);
    if (!isMerged(path)) return true;
    const { first } = this.#past;
    if (!this.#versions.has(path)) this.#versions.put(first - 1, path, this.was(first - 1, path));
    this.#versions.put(position, path, version && { blobId: version.blobId, text: version.text ?? '' });
    return true;
  }

  /** Takes in what the commit had made, so that it is known which files are others now. `written` is what it makes anew. */
  keepUp({ position, changes }: PastCommit, written: Iterable<string>): void {
    for (const [path, blobId] of changes) {
      if (isIndexPath(path)) continue;
      if (blobId === undefined) this.blobsBefore.delete(path);
      else this.blobsBefore.set(path, blobId);
    }
    for (const path of [...changes.keys(), ...written]) {
      if (isEntityPath(path) && !this.isAsItWas(position, path)) this.touched.add(path);
    }
  }

  /**
   * The words, in small letters, that somebody who was shown these files (all of them without `shown`) and the list of all read at a commit, and would not have
   * read without the source.
   */
  foreignWords(position: number, shown?: ReadonlySet<string>): Set<string> {
    const gone: string[] = [];
    const kept: string[] = [];
    for (const path of this.touched) {
      if (this.isAsItWas(position, path)) continue;
      const [was, is] = [this.was(position, path)?.text, this.at(position, path)?.text];
      const see = shown === undefined || shown.has(path) ? (text: string) => `${path}\n${text}` : listed(path);
      if (was !== undefined) gone.push(linesOnlyIn(see(was), is === undefined ? '' : see(is)));
      if (is !== undefined) kept.push(see(is));
    }
    if (gone.length === 0) return new Set();
    // What stood in the rest of the material is from there.
    for (const path of shown ?? []) if (!this.touched.has(path)) kept.push(this.at(position, path)?.text ?? '');
    return wordsOnlyIn(gone, kept);
  }
}

function listed(path: string): (text: string) => string {
  return (text) => listedAs(path, text);
}
