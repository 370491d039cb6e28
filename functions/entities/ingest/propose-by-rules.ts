import type { Edit } from '../files/edit.ts';
import { LARGEST_FILE } from '../files/edit.ts';
import { pathChooser, pathsOfName } from '../files/entity-name.ts';
import { type Ontology, PROFILE } from '../files/ontology.ts';
import type { SessionContent } from './session-content.ts';
import { USER_SPEAKER } from './transcript.ts';

/**
 * Proposes edits without a model, for installations without a model key: one block for each speaker with the
 * informative sentences, word for word. Deterministic; the change set names the proposer `rules`.
 *
 * The user's own words (speaker `user`) go to the profile, the words of other people to a file of theirs, and a
 * worker's report to a context. Missing files are created.
 */
export function proposeByRules(proposal: {
  content: SessionContent;
  sessionId: string;
  day: string;
  ontology: Ontology;
  /** The paths of the base commit, and its texts at {@link pathsByRules}. */
  files: readonly string[];
  texts: ReadonlyMap<string, string>;
}): Edit[] {
  const { content, sessionId, day, ontology, files, texts } = proposal;
  const edits: Edit[] = [];
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
  }
  return edits;
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

const MOST_SENTENCES = 16;
const MOST_SPEAKERS = 20;
/** Bytes for the heading and markers of a block. */
const ROOM = 500;
const SHORTEST = 10;
const LONGEST = 400;

/** Matches informative sentences: first person, or a name or number after the first word. */
const TELLS = /\b(I|I'm|I've|I'd|my|mine|we|our|we're|always|never|prefer|decided|because)\b|\s[A-Z][a-z]+|\d/;

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
    if (/^(assistant|system|tool)$/i.test(speaker)) continue;
    const isSelf = speaker.toLowerCase() === USER_SPEAKER;
    const type = isSelf || isTalk ? 'person' : 'context';
    const path = isSelf ? PROFILE : pathOf(type, oneLine(speaker));
    const known = speakers.get(path) ?? { path, name: oneLine(speaker), type, sentences: [] };
    if (!speakers.has(path) && speakers.size >= MOST_SPEAKERS) continue;
    speakers.set(path, known);
    for (const sentence of sentencesOf(text)) if (!known.sentences.includes(sentence)) known.sentences.push(sentence);
  }
  return speakers.values();
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\t\u2028\u2029]+/g, ' ').trim() || 'nobody';
}

/** Splits a text into sentences and drops questions and short or uninformative ones. */
function sentencesOf(text: string): string[] {
  return text
    .slice(0, 20_000)
    .split(/\n|(?<=[.!?])\s+/)
    .map((sentence) => sentence.replace(/^[\s#>*+-]+/, '').trim())
    .filter((sentence) => sentence.length >= SHORTEST && sentence.length <= LONGEST)
    .filter((sentence) => !sentence.endsWith('?') && TELLS.test(sentence));
}
