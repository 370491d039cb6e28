import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ModelMessage } from '../../platform/models/model.ts';
import { showAsData, showOnOneLine } from '../../platform/models/show-as-data.ts';
import { storableText } from '../../platform/storable.ts';
import { OneLine } from '../files/edit.ts';
import { indexEntry } from '../files/entity-index.ts';
import { EntityPath, kindOfType, kindsOf, type Ontology, pathOfEntity } from '../files/ontology.ts';
import { type Asker, askModel } from './ask.ts';
import { checkMoves, type LongFile } from './long-file.ts';
import type { Move } from './operation.ts';

const MOST_MOVES = 20;
/** How often the model is told what was wrong with its moves. */
const MOST_CORRECTIONS = 1;
const MOST_INDEXED = 300;
/** Characters of a block that the model sees: enough to know what it is about. */
const LONGEST_BLOCK = 1500;

const Proposed = z.object({
  blocks: z.array(z.string().max(200)).min(1).max(500),
  into: EntityPath.nullable(),
  name: OneLine.nullish(),
  type: OneLine.nullish(),
  reason: z.string().trim().min(1).max(2000),
});
const Answer = z.object({ moves: z.array(Proposed).max(MOST_MOVES) });
/** Each move is parsed on its own, so that one of a wrong form is one fault and not the end of the others. */
const LooseAnswer = z.object({ moves: z.array(z.unknown()).max(MOST_MOVES) });

/**
 * A planner of moves: the model names blocks and where they go, and code checks each (the blocks are there, the target is an entity and stays under the cap) and
 * carries it out. What is wrong is said to the model once; what is still wrong then is left out.
 */
export function partByModel(asker: Asker, ontology: Ontology): (file: LongFile) => Promise<Move[]> {
  let asked = 0;
  return async (file) => {
    asked += 1;
    const messages: ModelMessage[] = [{ role: 'user', text: questionOf(file) }];
    const system = (await prompt())
      .replace('{kinds}', kindsOf(ontology).join(', '))
      .replace('{cap}', String(file.softCap));
    for (let round = 0; ; round += 1) {
      const part = `part ${asked} ${round}`;
      const { answer, text } = await askModel(asker, { part, system, messages, schema: LooseAnswer, format: Answer });
      const parsed = answer.moves.map((raw) => moveOf(file, raw, ontology));
      const checked = checkMoves(
        file,
        parsed.filter((move) => typeof move !== 'string'),
      );
      const faults = [...parsed.filter((fault) => typeof fault === 'string'), ...checked.faults];
      if (faults.length === 0 || round >= MOST_CORRECTIONS) return checked.moves;
      messages.push(
        { role: 'assistant', text, toolCalls: [] },
        {
          role: 'user',
          text: `These moves cannot be made:\n${faults.join('\n')}\nAnswer with the whole list again, corrected.`,
        },
      );
    }
  };
}

/** A move as it may be checked, or what is wrong with its form. Where a new file lies, code says: no path of a new file comes from the model. */
function moveOf(file: LongFile, raw: unknown, ontology: Ontology): Move | string {
  const parsed = Proposed.safeParse(raw);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
  const { blocks, into, name, type, reason: said } = parsed.data;
  const reason = storableText(said.replaceAll(/\s+/g, ' ').slice(0, 300));
  if (into !== null) return { op: 'move', path: file.path, into, create: null, blocks, reason };
  const kind = kindOfType(ontology, type ?? '');
  const path = kind && pathOfEntity(ontology, kind, name ?? '');
  if (kind === undefined || path === undefined || name == null)
    return `a new file needs a name, and a type of: ${kindsOf(ontology).join(', ')}`;
  const create = file.texts.has(path) ? null : { name: storableText(name), type: kind };
  return { op: 'move', path: file.path, into: path, create, blocks, reason };
}

function questionOf({ path, text, units, texts }: LongFile): string {
  const blocks = units.flatMap(({ ids, text: said, tokens }) => [
    `<block ids="${showOnOneLine(ids.join(' '))}" tokens="${tokens}">\n${showAsData(said.slice(0, LONGEST_BLOCK))}\n</block>`,
  ]);
  const index = [...texts]
    .filter(([other]) => other !== path)
    .slice(0, MOST_INDEXED)
    .map(([other, source]) => showOnOneLine(`${other}: ${indexEntry(other, source).name}`));
  return [
    `<index>\n${index.join('\n')}\n</index>`,
    `<file path="${showOnOneLine(path)}" name="${showOnOneLine(indexEntry(path, text).name)}">`,
    ...blocks,
    '</file>',
    'Which blocks go where?',
  ].join('\n');
}

let promptText: Promise<string> | undefined;

/** Read from beside this file's folder; the build copies it into the compiled tree. */
function prompt(): Promise<string> {
  promptText ??= readFile(new URL('./part.md', import.meta.url), 'utf8');
  return promptText;
}
