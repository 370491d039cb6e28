/** The dry run of an approval, as the server writes it: a line for each file, and lines that say more. */
export interface DryRunLine {
  text: string;
  file?: { change: 'added' | 'modified' | 'deleted'; path: string };
}

const CHANGES = { A: 'added', M: 'modified', D: 'deleted' } as const;

/** Reads the lines. Nothing is left out: what is not a file is a line of text. */
export function readDryRun(details: string): DryRunLine[] {
  return details.split('\n').map((text) => {
    const [, change, path] = /^([AMD]) (.+?)(?: \(executable\))?$/.exec(text) ?? [];
    if (path === undefined || !(change === 'A' || change === 'M' || change === 'D')) return { text };
    return { text, file: { change: CHANGES[change], path } };
  });
}
