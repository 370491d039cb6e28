import type { Edit } from '../files/edit.ts';
import { LARGEST_FILE } from '../files/edit.ts';
import { type Ontology, PROFILE, pathOfEntity } from '../files/ontology.ts';
import type { SessionContent } from './session-content.ts';
import { USER_SPEAKER } from './transcript.ts';

/**
 * Edits without a model: for each who spoke, one block with the sentences that say something of them, word by word. It serves a laptop without a key, and a
 * change set says that it was made so. The same session gives the same edits.
 *
 * A speaker's file is made when they first speak; the person's own words (`user`) go to the profile, and a worker's reports to a context.
 */
export function proposeByRules(proposal: {
  content: SessionContent;
  sessionId: string;
  day: string;
  ontology: Ontology;
  /** Bytes of a file of the base; undefined where there is none. */
  sizeOf: (path: string) => number | undefined;
}): Edit[] {
  const { content, sessionId, day, ontology, sizeOf } = proposal;
  const edits: Edit[] = [];
  for (const { path, name, type, sentences } of speakersOf(content, ontology)) {
    const kept = sentences.slice(0, MOST_SENTENCES);
    if (kept.length === 0) continue;
    const block = {
      heading: `${day} ${sessionId}`,
      text: kept.map((sentence) => `- ${sentence}`).join('\n'),
      strength: 'low' as const,
      always_load: false,
    };
    const size = sizeOf(path);
    if (size === undefined) edits.push({ op: 'create', path, name, type, aliases: [], blocks: [block] });
    else if (size + Buffer.byteLength(block.text) + ROOM < LARGEST_FILE) edits.push({ op: 'append', path, block });
  }
  return edits;
}

/** Paths that {@link proposeByRules} may ask the size of. */
export function pathsByRules(content: SessionContent, ontology: Ontology): string[] {
  return [...speakersOf(content, ontology)].map(({ path }) => path);
}

const MOST_SENTENCES = 16;
const MOST_SPEAKERS = 20;
/** For heading and markers. */
const ROOM = 500;
const SHORTEST = 10;
const LONGEST = 400;

/** Somebody speaks of themselves or of what they know: first person, or a name or number that is not the sentence's first word. */
const TELLS = /\b(I|I'm|I've|I'd|my|mine|we|our|we're|always|never|prefer|decided|because)\b|\s[A-Z][a-z]+|\d/;

interface Speaker {
  path: string;
  name: string;
  type: string;
  sentences: string[];
}

function speakersOf({ turns, isTalk }: SessionContent, ontology: Ontology): Iterable<Speaker> {
  const speakers = new Map<string, Speaker>();
  for (const { speaker, text } of turns) {
    if (/^(assistant|system|tool)$/i.test(speaker)) continue;
    const isSelf = speaker.toLowerCase() === USER_SPEAKER;
    const type = isSelf || isTalk ? 'person' : 'context';
    const path = isSelf ? PROFILE : pathOfEntity(ontology, type, speaker);
    if (path === undefined) continue;
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

/** Questions and pleasantries say nothing that will be asked for. */
function sentencesOf(text: string): string[] {
  return text
    .slice(0, 20_000)
    .split(/\n|(?<=[.!?])\s+/)
    .map((sentence) => sentence.replace(/^[\s#>*+-]+/, '').trim())
    .filter((sentence) => sentence.length >= SHORTEST && sentence.length <= LONGEST)
    .filter((sentence) => !sentence.endsWith('?') && TELLS.test(sentence));
}
