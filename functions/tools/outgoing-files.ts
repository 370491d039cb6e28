import { partsOfBareRepositories } from '../platform/git/bare-layout.ts';
import { collisions } from '../platform/portable-path.ts';
import { describeNameFault, isInsideGit } from './workspace-path.ts';

/**
 * The files of a run that leave it: in a ZIP file, a push or a deployment. Whoever gets them may run git in their
 * folder, so nothing leaves that git takes for a repository or its settings. Such files are refused when they are
 * stored; only two workers at the same moment can store the parts of a bare repository.
 */
export function outgoingFiles<File extends { path: string }>(files: readonly File[]): File[] {
  const isPart = partsOfBareRepositories(files.map((file) => file.path));
  return files.filter(({ path }) => !isInsideGit(path) && describeNameFault(path) === undefined && !isPart(path));
}

/**
 * Returns the names that some disks confuse, one a line, for whoever unpacks or allows the files. Other characters than
 * ASCII are escaped, because names that differ in their normalisation look the same.
 */
export function describeConfusions(files: readonly { path: string }[]): string[] {
  const { confusions } = collisions(files.map((file) => file.path));
  return confusions.map((line) =>
    line.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
