/**
 * Questions and approvals of runs: what an approval is about, and what became of a question for which an answer came
 * too late. Pure; `answer-question.ts` has the calls.
 */

/** A question as a run and the inbox have it. */
export interface AskedQuestion {
  id: string;
  /** The name of the worker's node in the graph. */
  node_id: string;
  kind: 'question' | 'approval';
  text: string;
  options: readonly string[];
  tool: string;
  arguments: Record<string, unknown>;
  /** The dry run of an approval. */
  details: string | null;
  fingerprint: string | null;
  created_at: string;
  expires_at: string;
}

/** What is needed of a run. */
export interface AskingRun {
  status: string;
  questions: readonly AskedQuestion[];
}

/** What is true now of a question whose answer was refused. */
export interface Fate {
  kind: 'answered' | 'expired' | 'withdrawn' | 'changed' | 'gone';
  run: AskingRun;
  /** The question as it is asked now; undefined when it is no longer open. */
  question?: AskedQuestion;
  /** The answer that counts, as far as the run's log shows it. */
  answer?: string | undefined;
}

/** Decides from the run and from the reason of the refusal. */
export function fateOf(asked: AskedQuestion, run: AskingRun, reason: string): Fate {
  const question = run.questions.find(({ id }) => id === asked.id);
  if (question !== undefined) return { kind: 'changed', run, question };
  // A call whose subject has changed asks again, with another id.
  const again = run.questions.find(({ node_id: node, tool }) => node === asked.node_id && tool === asked.tool);
  if (asked.kind === 'approval' && again !== undefined) return { kind: 'changed', run, question: again };
  for (const [words, kind] of REASONS) if (reason.includes(words)) return { kind, run };
  return { kind: 'gone', run };
}

const REASONS = [
  ['another answer', 'answered'],
  ['has expired', 'expired'],
  ['was withdrawn', 'withdrawn'],
] as const;

/** What is sent for a rejection, with its reason when there is one. */
export function rejection(why: string): string {
  return why.trim() === '' ? 'reject' : `reject: ${why.trim()}`;
}

/** A file that an approval names. `path` is as the dry run spells it. */
export interface NamedFile {
  path: string;
  status?: 'A' | 'M' | 'D';
  isExecutable: boolean;
  mayRun: boolean;
}

const LIST = /^(Changes|Files)\b.*:$/;
const MAY_RUN = /^Files that may run code \(\d+\), look at these first:$/;
const OTHERS = /^Other files \(\d+\):$/;
const FILE = /^(?:([AMD]) )?(.+?)( \(executable\))?$/;

/**
 * Returns the files that a dry run lists, in its order: those that may run code first. The whole dry run is shown
 * beside them, so a line that this does not understand is not lost.
 */
export function filesIn(details: string): NamedFile[] {
  const files: NamedFile[] = [];
  let list: string | undefined;
  let mayRun = false;
  for (const line of details.split('\n')) {
    const [, heading] = LIST.exec(line) ?? [];
    if (MAY_RUN.test(line)) mayRun = true;
    else if (heading !== undefined) [list, mayRun] = [heading, false];
    else if (OTHERS.test(line)) mayRun = false;
    else if (list !== undefined) {
      const [, status, path, executable] = FILE.exec(line) ?? [];
      const isChange = status === 'A' || status === 'M' || status === 'D';
      // A line of the list of changes without a letter is a note about names.
      if (path === undefined || (list === 'Changes' && !isChange)) continue;
      files.push({ path, ...(isChange ? { status } : {}), isExecutable: executable !== undefined, mayRun });
    }
  }
  return files;
}

/** Characters that are not drawn as themselves: an argument must not look like another one. */
const NOT_DRAWN =
  /(?![ \n])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zs}\p{Zl}\p{Zp}\u2800]|\p{Default_Ignorable_Code_Point}|\p{Variation_Selector}/gu;

/** Returns the arguments of a call as text, one entry each. Invisible characters are written as `\u{…}`. */
export function argumentsOf(call: Record<string, unknown>): { name: string; value: string }[] {
  return Object.entries(call).map(([name, value]) => ({
    name: exactly(name),
    value: exactly(typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)),
  }));
}

/** Writes what is not drawn as `\u{…}`. */
export function exactly(shown: string): string {
  return shown.replace(NOT_DRAWN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
