import { cutText } from '../../platform/cut-text.ts';
import { beginsAsNote, SELF_LANGUAGES, speaksOfSelf } from '../../platform/language/self-words.ts';
import { isQuestion, letterLength, splitSentences } from '../../platform/language/sentences.ts';
import type { Edit } from '../files/edit.ts';
import { LARGEST_FILE } from '../files/edit.ts';
import { pathChooser, pathsOfName } from '../files/entity-name.ts';
import { type Ontology, PROFILE } from '../files/ontology.ts';
import { lastingSentencesOf } from '../sentences-of-part.ts';
import { NO_SPEAKER } from './forms/read-transcript.ts';
import type { SessionContent } from './session-content.ts';
import { USER_SPEAKER } from './transcript.ts';

/**
 * Proposes edits without a model, for installations without a model key: one block for each speaker with the
 * informative sentences, word for word in their language. Deterministic; the change set names the proposer `rules`.
 * `faults` say what was not kept, and why, when nothing was kept or a file is full.
 *
 * The user's own words (speaker `user`) go to the profile, the words of other people to a file of theirs, and a
 * worker's report to a context, without what it says about its run. Missing files are created.
 */
export function proposeByRules(proposal: {
  content: SessionContent;
  sessionId: string;
  day: string;
  ontology: Ontology;
  /** The paths of the base commit, and its texts at {@link pathsByRules}. */
  files: readonly string[];
  texts: ReadonlyMap<string, string>;
}): { edits: Edit[]; faults: string[] } {
  const { content, sessionId, day, ontology, files, texts } = proposal;
  const edits: Edit[] = [];
  const faults: string[] = [];
  const pathOf = pathChooser(ontology, files, (path) => texts.get(path));
  for (const { path, name, type, sentences } of speakersOf(content, pathOf)) {
    const kept = sentences.slice(0, MOST_SENTENCES);
    if (kept.length === 0) continue;
    const block = {
      heading: `${day} ${sessionId}`,
      text: kept.map((sentence) => `- ${sentence}`).join('\n'),
      strength: 'low' as const,
      always_load: false,
    };
    const text = texts.get(path);
    if (text === undefined) edits.push({ op: 'create', path, name, type, aliases: [], blocks: [block] });
    else if (Buffer.byteLength(text) + Buffer.byteLength(block.text) + ROOM < LARGEST_FILE)
      edits.push({ op: 'append', path, block });
    else faults.push(`${path}: the file is full, so ${kept.length} sentences were not kept`);
  }
  if (edits.length === 0 && faults.length === 0) faults.push(whyNothing(content));
  return { edits, faults };
}

/** Returns the paths that {@link proposeByRules} reads. */
export function pathsByRules(
  { turns, isTalk }: SessionContent,
  ontology: Ontology,
  files: readonly string[],
): string[] {
  const kind = isTalk ? 'person' : 'context';
  const speakers = [...new Set(turns.map(({ speaker }) => speaker))];
  return [PROFILE, ...speakers.flatMap((speaker) => pathsOfName(ontology, kind, speaker, files))];
}

/** Returns why no sentence of a session was kept. */
function whyNothing({ turns }: SessionContent): string {
  if (turns.every(({ speaker }) => isNobody(speaker))) {
    return 'Nothing was kept, because no turn names a person as its speaker. The turns can still be found by search.';
  }
  return (
    'Nothing was kept. Without a model, rules keep sentences in which somebody speaks of themselves or names a name or a number. ' +
    `They know such words in ${SELF_LANGUAGES.join(', ')}. The turns can still be found by search.`
  );
}

const MOST_SENTENCES = 16;
const MOST_SPEAKERS = 20;
/** Bytes for the heading and markers of a block. */
const ROOM = 500;
/** In letters, see {@link letterLength}. */
const SHORTEST = 10;
const LONGEST = 400;

/** A name or a number after the first word. */
const NAMES_SOMETHING = /\s\p{Lu}\p{Ll}+|\p{Nd}/u;

interface Speaker {
  path: string;
  name: string;
  type: string;
  sentences: string[];
}

function speakersOf(
  { turns, isTalk }: SessionContent,
  pathOf: (kind: string, name: string) => string,
): Iterable<Speaker> {
  const speakers = new Map<string, Speaker>();
  for (const { speaker, text } of turns) {
    if (isNobody(speaker)) continue;
    const isSelf = speaker.toLowerCase() === USER_SPEAKER;
    const type = isSelf || isTalk ? 'person' : 'context';
    const path = isSelf ? PROFILE : pathOf(type, oneLine(speaker));
    const known = speakers.get(path) ?? { path, name: oneLine(speaker), type, sentences: [] };
    if (!speakers.has(path) && speakers.size >= MOST_SPEAKERS) continue;
    speakers.set(path, known);
    const said = isSelf || isTalk ? sentencesOf(text) : lastingSentencesOf(text);
    for (const sentence of said.filter((one) => isInformative(one, isSelf)))
      if (!known.sentences.includes(sentence)) known.sentences.push(sentence);
  }
  return speakers.values();
}

/** Returns whether a turn has no person as its speaker. */
function isNobody(speaker: string): boolean {
  return speaker.toLowerCase() === NO_SPEAKER || /^(?:assistant|system|tool)$/i.test(speaker);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\t\u2028\u2029]+/g, ' ').trim() || 'nobody';
}

/** Splits what a person said into sentences and drops questions and short or long ones. */
function sentencesOf(text: string): string[] {
  return splitSentences(cutText(text, 20_000))
    .map((sentence) => sentence.replace(/^[\s#>*+-]+/, '').trim())
    .filter((sentence) => letterLength(sentence) >= SHORTEST && sentence.length <= LONGEST && !isQuestion(sentence));
}

function isInformative(sentence: string, isSelf: boolean): boolean {
  return NAMES_SOMETHING.test(sentence) || speaksOfSelf(sentence) || (isSelf && beginsAsNote(sentence));
}
