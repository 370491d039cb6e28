import { z } from 'zod';
import { cutEnd } from '../../platform/cut-text.ts';
import { ModelError, type ModelMessage } from '../../platform/models/model.ts';
import { readPrompt } from '../../platform/models/read-prompt.ts';
import { showAsData, showOnOneLine } from '../../platform/models/show-as-data.ts';
import { foldedPath } from '../../platform/portable-path.ts';
import { askForAnswer, askForCorrection, askModel, type PaidModel, parseEach } from '../ask-model.ts';
import { archiveText } from '../files/archive.ts';
import { applyEdits, Edit, MOST_EDITS } from '../files/edit.ts';
import type { IndexEntry } from '../files/entity-index.ts';
import { folderOfKind, kindsOf, type Ontology } from '../files/ontology.ts';
import type { SessionContent } from './session-content.ts';

export interface Proposal extends Omit<PaidModel, 'choice'> {
  content: SessionContent;
  day: string;
  ontology: Ontology;
  index: readonly IndexEntry[];
  /** Returns the texts of files of the base commit. */
  read(paths: readonly string[]): Promise<Map<string, string>>;
}

/** How often the model is told what is wrong with its edits. */
const MAX_CORRECTIONS = 2;
const MAX_FILES = 12;
/** Characters of a session that the model is shown: its end, where the latest changes are. */
const MAX_SESSION_LENGTH = 120_000;
const MAX_OUTPUT_TOKENS = 16_000;

const Paths = z.object({ paths: z.array(z.string()).max(100) });
const Edits = z.object({ edits: z.array(Edit).max(MOST_EDITS) });
const LooseEdits = z.object({ edits: z.array(z.unknown()).max(MOST_EDITS) });

/**
 * Asks the model which files a session concerns, shows it these files, and asks for edits. Each edit is checked against
 * the files; the model is told about faults and may correct them twice. Edits that are still wrong then are left out
 * and returned as `faults`. `shown` are the files that the model saw.
 * @throws ModelError when a call fails, an answer is twice not JSON of the schema, or no edit is one of the schema;
 * OverBudget before a call that no budget covers
 */
export async function proposeByModel(
  proposal: Proposal,
): Promise<{ edits: Edit[]; faults: string[]; shown: string[] }> {
  const form = { system: await systemOf(proposal), maxOutputTokens: MAX_OUTPUT_TOKENS };
  const paid = { ...proposal, choice: proposal.content.model };
  const session = `<session>\n${showAsData(cutEnd(archiveText(proposal.content.turns), MAX_SESSION_LENGTH))}\n</session>`;
  const files = await proposal.read(
    await identify(proposal, session, (question) => askForAnswer(paid, { ...form, ...question })),
  );
  const shown = [...files.keys()];
  const material = [...files].map(([path, text]) => `<file path="${path}">\n${showAsData(text)}\n</file>`);
  const question = [...material, indexText(proposal), session, 'Which edits bring the files up to date?'].join('\n');
  const messages: ModelMessage[] = [{ role: 'user', text: question }];
  const check = (items: readonly unknown[]) => {
    const parsed = parseEach(items, (item) => Edit.safeParse(item), 'edit');
    const checked = checkEdits(parsed.good, files, proposal);
    const isMisshapen = parsed.good.length === 0 && items.length > 0;
    return { edits: checked.edits, faults: [...parsed.faults, ...checked.faults], isMisshapen };
  };
  const asked = { ...form, messages, schema: LooseEdits, format: Edits };
  const first = await askForAnswer(paid, { ...asked, part: 'edits 0' });
  let { text } = first;
  let checked = check(first.answer.edits);
  for (let round = 1; round <= MAX_CORRECTIONS && checked.faults.length > 0; round += 1) {
    askForCorrection(messages, text, checked.faults, 'edit');
    const next = await askModel(paid, { ...asked, part: `edits ${round}` });
    if (next.answer === undefined) break;
    text = next.text;
    checked = check(next.answer.edits);
  }
  if (checked.isMisshapen) throw new ModelError('invalid_answer', "None of the model's edits has the given schema");
  return { edits: checked.edits, faults: checked.faults, shown };
}

/** Returns the system prompt of this session. */
function systemOf({ day, ontology }: Proposal): Promise<string> {
  const kinds = kindsOf(ontology);
  return readPrompt(new URL('./propose.md', import.meta.url), {
    day,
    kinds: kinds.join(', '),
    folders: kinds.map((kind) => `${folderOfKind(ontology, kind)}/name.md`).join(', '),
  });
}

/** Returns the paths of the index that the session concerns. */
async function identify(
  proposal: Proposal,
  session: string,
  ask: (question: {
    part: string;
    messages: ModelMessage[];
    schema: typeof Paths;
  }) => Promise<{ answer: z.output<typeof Paths> }>,
): Promise<string[]> {
  if (proposal.index.length === 0) return [];
  const question =
    'Which files of the index does the session concern? Answer with their paths, the most concerned first.';
  const text = [indexText(proposal), session, question].join('\n');
  const { answer } = await ask({ part: 'identify', messages: [{ role: 'user', text }], schema: Paths });
  const known = new Set(proposal.index.map(({ path }) => path));
  return answer.paths.filter((path) => known.has(path)).slice(0, MAX_FILES);
}

/**
 * Returns the edits that can be made. Rejects edits of existing files that the model was not shown: it cannot know what
 * they say.
 */
function checkEdits(
  edits: Edit[],
  files: ReadonlyMap<string, string>,
  { index }: Proposal,
): { edits: Edit[]; faults: string[] } {
  const known = new Set(index.map(({ path }) => path));
  const unseen = (edit: Edit) => known.has(edit.path) && !files.has(edit.path);
  const spelled = new Map(index.map(({ path }) => [foldedPath(path), path]));
  // Some disks take the two for one file.
  const other = ({ path }: Edit) => (known.has(path) ? undefined : spelled.get(foldedPath(path)));
  const faults = edits.flatMap((edit) => {
    if (unseen(edit)) return [`${edit.path}: it exists and you were not shown it; leave it out`];
    return other(edit) === undefined ? [] : [`${edit.path}: the file is named ${other(edit)}`];
  });
  const seen = edits.filter((edit) => !unseen(edit) && other(edit) === undefined);
  const applied = applyEdits(seen, (path) => files.get(path));
  return { edits: seen.filter(({ path }) => applied.files.has(path)), faults: [...faults, ...applied.faults] };
}

function indexText({ index }: Proposal): string {
  const lines = index.map(({ path, name, type, aliases }) =>
    showOnOneLine(`${path}: ${name} (${type})${aliases.length > 0 ? `, also ${aliases.join(', ')}` : ''}`),
  );
  return `<index>\n${lines.join('\n')}\n</index>`;
}
