import { cutText } from '../../platform/cut-text.ts';
import { compareByRules } from '../../platform/language/compare-by-rules.ts';
import { splitFrontmatter } from '../files/frontmatter.ts';
import { applyOperations, type Texts } from './apply-operations.ts';
import { type Candidate, candidateReader } from './candidate.ts';
import { findSimilar, type SimilarPair } from './find-similar.ts';
import { sentencesOf } from './merge-entities.ts';
import { type Merge, type Plan, pairKey, type Unchanged } from './operation.ts';

/** The decision whether two files describe the same entity. */
export interface Verdict {
  isSame: boolean;
  confidence: number;
  reason: string;
}

interface MergesInput {
  texts: Texts;
  /** The strength of each file by path. The stronger file survives. */
  strengths: ReadonlyMap<string, number>;
  /** Pairs that the user has undone, by {@link pairKey}. */
  refused: ReadonlySet<string>;
  /** Earlier decisions. They hold while neither file has changed. */
  left: readonly Unchanged[];
  /** Decides with a model; undefined without a model, then rules decide. */
  judge: ((pair: SimilarPair) => Promise<Verdict>) | undefined;
}

/** The lowest confidence at which two files are merged. A wrong merge is worse than a duplicate. */
const MIN_CONFIDENCE = 0.85;
/** Model calls in one run. The most likely pairs come first; the others wait for the next run. */
const MAX_JUDGED = 12;
const MAX_MERGED = 200;

/**
 * Proposes which files to merge. Files are compared again after each merge, so a merged file is in no later pair and
 * three files can become one. The model sees only one pair at a time, so the text of a file cannot influence the
 * decision about another pair.
 */
export async function proposeMerges(question: MergesInput): Promise<Plan> {
  const { texts, judge, refused } = question;
  const read = candidateReader();
  const operations: Merge[] = [];
  const left: Unchanged[] = [];
  let files: Texts = texts;
  for (let judged = 0; ; ) {
    const candidates = [...files].map(([path, text]) => read(path, text));
    const open = findSimilar(candidates).filter(
      (pair) =>
        (judge !== undefined || pair.isCertain) &&
        !refused.has(pairKey('merge', pair.one.path, pair.other.path)) &&
        !left.some((known) => isAbout(known, pair)),
    );
    const asked = open.filter((pair) => !question.left.some((known) => isAbout(known, pair)));
    const [pair] = asked;
    const isFull = judged >= MAX_JUDGED || operations.length >= MAX_MERGED;
    if (pair === undefined || isFull) {
      const known = question.left.filter((before) => open.some((same) => isAbout(before, same)));
      return { proposer: judge ? 'model' : 'rules', operations, left: [...left, ...known], left_out: asked.length };
    }
    if (judge !== undefined) judged += 1;
    const verdict = await (judge ?? judgeByRules)(pair);
    const merge = mergeOf(pair, verdict, question.strengths);
    const done = verdict.isSame && verdict.confidence >= MIN_CONFIDENCE ? applyOperations([merge], files) : undefined;
    if (done !== undefined && done.faults.length === 0) {
      operations.push(merge);
      files = done.texts;
    } else left.push(unchangedOf(pair, verdict, done?.faults[0]?.why));
  }
}

/**
 * Decides that two files describe the same entity when a name is used by exactly these two files, unless their
 * sentences contradict.
 */
async function judgeByRules({ one, other, reason }: SimilarPair): Promise<Verdict> {
  const contradiction = contradictionOf(one.text, other.text);
  return contradiction === undefined
    ? { isSame: true, confidence: 1, reason }
    : {
        isSame: false,
        confidence: 1,
        reason: cutText(`${reason} But they contradict each other. ${contradiction}`, 300),
      };
}

/** Sentences at the end of each file that are compared with each other. */
const MAX_SENTENCES = 100;

function contradictionOf(one: string, other: string): string | undefined {
  const [own, others] = [sentencesOf(one), sentencesOf(other)].map((sentences) => sentences.slice(-MAX_SENTENCES));
  for (const text of own ?? []) {
    for (const known of others ?? []) {
      const verdict = compareByRules(text, { id: '', text: known });
      if (verdict?.relation === 'contradict') return verdict.reason;
    }
  }
  return undefined;
}

/**
 * Chooses the surviving file: one with frontmatter over one without (a later session added to a file after it was
 * merged away), then the stronger, then the longer file.
 */
function mergeOf(pair: SimilarPair, { reason, confidence }: Verdict, strengths: ReadonlyMap<string, number>): Merge {
  const weights = ({ path, text }: Candidate) => [
    splitFrontmatter(text).fields.length > 0 ? 1 : 0,
    strengths.get(path) ?? 0,
    text.length,
  ];
  const [one, other] = [weights(pair.one), weights(pair.other)];
  const at = one.findIndex((weight, index) => weight !== other[index]);
  const survives = (one[at] ?? 0) >= (other[at] ?? 0);
  const [survivor, loser] = survives ? [pair.one, pair.other] : [pair.other, pair.one];
  return { op: 'merge', path: loser.path, into: survivor.path, reason, confidence };
}

function unchangedOf(
  { one, other }: SimilarPair,
  { reason, confidence }: Verdict,
  fault: string | undefined,
): Unchanged {
  const why = fault === undefined ? reason : `They describe the same entity, but ${fault}.`;
  return { paths: [one.path, other.path], seen: [one.seen, other.seen], reason: cutText(why, 300), confidence };
}

function isAbout({ paths, seen }: Unchanged, { one, other }: SimilarPair): boolean {
  return paths[0] === one.path && paths[1] === other.path && seen[0] === one.seen && seen[1] === other.seen;
}
