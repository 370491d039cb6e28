import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { environment } from '../../platform/environment.ts';
import { type Model, ModelError, type ModelMessage } from '../../platform/models/model.ts';
import { jsonText } from '../../platform/models/parse-json.ts';
import { showAsData, showOnOneLine } from '../../platform/models/show-as-data.ts';
import { buyTurn } from '../../usage/buy-turn.ts';
import type { Payer } from '../../usage/meter.ts';
import { archiveText } from '../files/archive.ts';
import { applyEdits, Edit, MOST_EDITS } from '../files/edit.ts';
import type { IndexEntry } from '../files/entity-index.ts';
import { kindsOf, type Ontology, pathOfEntity } from '../files/ontology.ts';
import type { Spoken } from './material.ts';

export interface Proposal {
  model: Model;
  spoken: Spoken;
  day: string;
  ontology: Ontology;
  index: readonly IndexEntry[];
  /** The texts of files of the base. */
  read(paths: readonly string[]): Promise<Map<string, string>>;
  payer: Payer;
  /** Unique for each time that the session is read. */
  reference: string;
  signal: AbortSignal;
}

/** How often the model is told what was wrong with its edits. */
const MOST_CORRECTIONS = 2;
const MOST_FILES = 12;
/** Of a session: the end is what changed last, and a model's context is finite. */
const LONGEST_SESSION = 120_000;
const MOST_OUTPUT_TOKENS = 16_000;

/**
 * Lets the model say which files a session concerns, shows it those, and takes its edits. Every edit is checked on the files; what is wrong is said to the model,
 * twice at most. What is still wrong then is left out and answered as faults; the rest is good. `shown` are the files that it saw.
 * @throws ModelError when the model fails or answers no such JSON at the last try; OverBudget before a call that no budget covers
 */
export async function proposeByModel(
  proposal: Proposal,
): Promise<{ edits: Edit[]; faults: string[]; shown: string[] }> {
  const session = `<session>\n${showAsData(archiveText(proposal.spoken.turns).slice(-LONGEST_SESSION))}\n</session>`;
  const concerned = await identify(proposal, session);
  const files = await proposal.read(concerned);
  const shown = [...files.keys()];
  const material = [...files].map(([path, text]) => `<file path="${path}">\n${showAsData(text)}\n</file>`);
  const messages: ModelMessage[] = [
    {
      role: 'user',
      text: [...material, indexText(proposal), session, 'Which edits bring the files up to date?'].join('\n'),
    },
  ];
  for (let round = 0; ; round += 1) {
    const text = await ask(proposal, `edits ${round}`, messages, Edits);
    const parsed = parseEdits(text);
    const checked = checkEdits(parsed.edits, files, proposal);
    const faults = [...parsed.faults, ...checked.faults];
    if (faults.length === 0) return { edits: checked.edits, faults: [], shown };
    if (round >= MOST_CORRECTIONS) {
      if (parsed.isJson) return { edits: checked.edits, faults, shown };
      throw new ModelError('invalid_answer', 'The model did not answer with edits of the given schema');
    }
    messages.push(
      { role: 'assistant', text, toolCalls: [] },
      {
        role: 'user',
        text: `These edits cannot be made:\n${faults.join('\n')}\nAnswer with the whole list again, corrected.`,
      },
    );
  }
}

const Identified = z.object({ paths: z.array(z.string()).max(100) });
const Edits = z.object({ edits: z.array(Edit).max(MOST_EDITS) });
const LooseEdits = z.object({ edits: z.array(z.unknown()).max(MOST_EDITS) });

async function identify(proposal: Proposal, session: string): Promise<string[]> {
  if (proposal.index.length === 0) return [];
  const question =
    'Which files of the index does the session concern? Answer with their paths, the most concerned first.';
  const text = await ask(
    proposal,
    'identify',
    [{ role: 'user', text: [indexText(proposal), session, question].join('\n') }],
    Identified,
  );
  const parsed = jsonText(Identified).safeParse(unfenced(text));
  if (!parsed.success)
    throw new ModelError('invalid_answer', 'The model did not answer with paths of the given schema');
  const known = new Set(proposal.index.map(({ path }) => path));
  return parsed.data.paths.filter((path) => known.has(path)).slice(0, MOST_FILES);
}

/** Each edit on its own, so that one of a wrong form is one fault and not the end of the others. */
function parseEdits(text: string): { edits: Edit[]; faults: string[]; isJson: boolean } {
  const loose = jsonText(LooseEdits).safeParse(unfenced(text));
  if (!loose.success) return { edits: [], faults: ['the answer is not JSON of the given schema'], isJson: false };
  const edits: Edit[] = [];
  const faults: string[] = [];
  for (const [index, raw] of loose.data.edits.entries()) {
    const parsed = Edit.safeParse(raw);
    if (parsed.success) edits.push(parsed.data);
    else
      faults.push(
        `edit ${index + 1}: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`,
      );
  }
  return { edits, faults, isJson: true };
}

/** Edits of files that the model was not shown are edits of nothing it has read: they are refused, too. */
function checkEdits(
  edits: Edit[],
  files: ReadonlyMap<string, string>,
  { index }: Proposal,
): { edits: Edit[]; faults: string[] } {
  const known = new Set(index.map(({ path }) => path));
  const unseen = (edit: Edit) => known.has(edit.path) && !files.has(edit.path);
  const faults = edits.filter(unseen).map(({ path }) => `${path}: it exists and you were not shown it; leave it out`);
  const seen = edits.filter((edit) => !unseen(edit));
  const applied = applyEdits(seen, (path) => files.get(path));
  return { edits: seen.filter(({ path }) => applied.files.has(path)), faults: [...faults, ...applied.faults] };
}

function indexText({ index }: Proposal): string {
  const lines = index.map(({ path, name, type, aliases }) =>
    showOnOneLine(`${path}: ${name} (${type})${aliases.length > 0 ? `, also ${aliases.join(', ')}` : ''}`),
  );
  return `<index>\n${lines.join('\n')}\n</index>`;
}

async function ask(
  { model, spoken, payer, reference, signal, day, ontology }: Proposal,
  part: string,
  messages: ModelMessage[],
  schema: z.ZodType,
): Promise<string> {
  const kinds = kindsOf(ontology);
  const system = (await prompt())
    .replace('{day}', day)
    .replace('{kinds}', kinds.join(', '))
    .replace('{folders}', kinds.map((kind) => pathOfEntity(ontology, kind, 'name')).join(', '));
  const turn = await buyTurn({
    payer,
    kind: 'extraction',
    reference: `${reference} ${part}`,
    choice: spoken.model,
    call: {
      model,
      request: {
        model: spoken.model.model,
        system,
        messages,
        tools: [],
        maxOutputTokens: MOST_OUTPUT_TOKENS,
        responseSchema: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
      },
      signal,
      timeoutMs: environment.MODEL_TIMEOUT_SECONDS * 1000,
    },
  });
  return turn.text;
}

/** Servers that do not know response schemas like to put JSON into a fence. */
export function unfenced(text: string): string {
  return text
    .trim()
    .replace(/^```(?:json)?\s/, '')
    .replace(/```$/, '');
}

let promptText: Promise<string> | undefined;

/** Read from beside this file's folder; the build copies it into the compiled tree. */
function prompt(): Promise<string> {
  promptText ??= readFile(new URL('./propose.md', import.meta.url), 'utf8');
  return promptText;
}
