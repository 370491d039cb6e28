import { z } from 'zod';
import { cutEnd, cutText } from '../../platform/cut-text.ts';
import type { ModelMessage } from '../../platform/models/model.ts';
import { readPrompt } from '../../platform/models/read-prompt.ts';
import { showAsData, showOnOneLine } from '../../platform/models/show-as-data.ts';
import { storableText } from '../../platform/storable.ts';
import { askForAnswer, askForCorrection, type PaidModel, parseEach } from '../ask-model.ts';
import { OneLine } from '../files/edit.ts';
import { indexEntry } from '../files/entity-index.ts';
import { nameKey, pathChooser } from '../files/entity-name.ts';
import { EntityPath, kindOfType, kindsOf, type Ontology } from '../files/ontology.ts';
import type { Candidate } from './candidate.ts';
import type { SimilarPair } from './find-similar.ts';
import type { Move } from './operation.ts';
import type { Verdict } from './propose-merges.ts';
import { checkMoves, type LongFile } from './propose-moves.ts';

const MAX_OUTPUT_TOKENS = 8_000;

const Judgement = z.object({
  same: z.boolean(),
  confidence: z.number().min(0).max(1),
  reason: z.string().trim().min(1).max(2000),
});
const MAX_REASON_LENGTH = 300;
/**
 * Characters of each file that the model is shown: half from the beginning (what it is about), half from the end (the
 * latest).
 */
const MAX_SHOWN_LENGTH = 16_000;

/**
 * Returns a function that asks the model whether two files are about the same thing. The model sees only these two
 * files.
 */
export function judgeByModel(model: PaidModel): (pair: SimilarPair) => Promise<Verdict> {
  let asked = 0;
  return async ({ one, other }) => {
    asked += 1;
    const text = [shown(one), shown(other), 'Are these two files about the same thing?'].join('\n');
    const { answer } = await askForAnswer(model, {
      part: `judge ${asked}`,
      system: await readPrompt(new URL('./judge.md', import.meta.url)),
      messages: [{ role: 'user', text }],
      schema: Judgement,
      maxOutputTokens: MAX_OUTPUT_TOKENS,
    });
    const { same: isSame, confidence, reason } = answer;
    return { isSame, confidence, reason: storableText(cutText(reason.replaceAll(/\s+/g, ' '), MAX_REASON_LENGTH)) };
  };
}

function shown({ path, text }: Candidate): string {
  const half = MAX_SHOWN_LENGTH / 2;
  const part = text.length > MAX_SHOWN_LENGTH ? `${cutText(text, half)}\n…\n${cutEnd(text, half)}` : text;
  return `<file path="${showOnOneLine(path)}">\n${showAsData(part)}\n</file>`;
}

const MAX_MOVES = 20;
/** How often the model is told what is wrong with its moves. */
const MAX_CORRECTIONS = 1;
const MAX_INDEX_ENTRIES = 300;
/** Characters of a block that the model is shown; the beginning says what the block is about. */
const MAX_BLOCK_LENGTH = 1500;

const Proposed = z.object({
  blocks: z.array(z.string().max(200)).min(1).max(500),
  into: EntityPath.nullable(),
  name: OneLine.nullish(),
  type: OneLine.nullish(),
  reason: z.string().trim().min(1).max(2000),
});
type Proposed = z.infer<typeof Proposed>;
const Moves = z.object({ moves: z.array(Proposed).max(MAX_MOVES) });
const LooseMoves = z.object({ moves: z.array(z.unknown()).max(MAX_MOVES) });

/**
 * Returns a function that asks the model how to split a file. The model names blocks and targets; code checks each move
 * (the blocks exist, the target is an entity and stays under the cap) and applies it. The model may correct faulty
 * moves once; moves that are still faulty are left out.
 */
export function splitByModel(model: PaidModel, ontology: Ontology): (file: LongFile) => Promise<Move[]> {
  let asked = 0;
  return async (file) => {
    asked += 1;
    const messages: ModelMessage[] = [{ role: 'user', text: questionOf(file) }];
    const system = await readPrompt(new URL('./split.md', import.meta.url), {
      kinds: kindsOf(ontology).join(', '),
      cap: String(file.softCap),
    });
    const form = { system, schema: LooseMoves, format: Moves, maxOutputTokens: MAX_OUTPUT_TOKENS };
    for (let round = 0; ; round += 1) {
      const { answer, text } = await askForAnswer(model, { part: `part ${asked} ${round}`, messages, ...form });
      const parsed = parseEach(answer.moves, (item) => Proposed.safeParse(item), 'move');
      const moves = parsed.good.map((proposed) => moveOf(file, proposed, ontology));
      const checked = checkMoves(
        file,
        moves.filter((move) => typeof move !== 'string'),
      );
      const faults = [...parsed.faults, ...moves.filter((move) => typeof move === 'string'), ...checked.faults];
      if (faults.length === 0 || round >= MAX_CORRECTIONS) return checked.moves;
      askForCorrection(messages, text, faults, 'move');
    }
  };
}

/**
 * Returns the move, or what is wrong with it. The path of a new file is computed from its name and type, never taken
 * from the model.
 */
function moveOf(file: LongFile, proposed: Proposed, ontology: Ontology): Move | string {
  const { blocks, into, name, type } = proposed;
  const reason = storableText(cutText(proposed.reason.replaceAll(/\s+/g, ' '), 300));
  if (into !== null) return { op: 'move', path: file.path, into, create: null, blocks, reason };
  const kind = kindOfType(ontology, type ?? '');
  if (kind === undefined || name == null || nameKey(name) === '')
    return `a new file needs a name, and a type of: ${kindsOf(ontology).join(', ')}`;
  const path = pathChooser(ontology, [...file.texts.keys()], (each) => file.texts.get(each))(kind, name);
  const create = file.texts.has(path) ? null : { name: storableText(name), type: kind };
  return { op: 'move', path: file.path, into: path, create, blocks, reason };
}

function questionOf({ path, text, units, texts }: LongFile): string {
  const blocks = units.map(
    ({ ids, text: content, tokens }) =>
      `<block ids="${showOnOneLine(ids.join(' '))}" tokens="${tokens}">\n${showAsData(cutText(content, MAX_BLOCK_LENGTH))}\n</block>`,
  );
  const index = [...texts]
    .filter(([other]) => other !== path)
    .slice(0, MAX_INDEX_ENTRIES)
    .map(([other, source]) => showOnOneLine(`${other}: ${indexEntry(other, source).name}`));
  return [
    `<index>\n${index.join('\n')}\n</index>`,
    `<file path="${showOnOneLine(path)}" name="${showOnOneLine(indexEntry(path, text).name)}">`,
    ...blocks,
    '</file>',
    'Which blocks go where?',
  ].join('\n');
}
