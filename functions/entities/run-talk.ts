/**
 * Tells sentences about a run itself from facts that outlive it: parts of a plan, states, lists of files, code and what
 * a worker did. It knows the forms of Markdown in every language, and the words for work in English.
 */

const NUMBERED_STEP = /^(?:step|phase|task|node|part|milestone|T)[ -]?\d{1,4}(?: ?[(:.[–—]| ?->| ?→| -)/i;
/** `coder (after plan): …`, `backend (completed): …`. */
const WORKER_LINE = /^[\w-]{1,50} \((?:after|needs|reads|writes|completed|failed|skipped|cancelled|running|pending)\b/i;

const CODE_START =
  /^(?:\$ |\/\/|\/\*|<\/?\w|(?:import|export|const|let|var|def|class|function|return|await|async)\s.*[=({'"<])/;
/** A command of a shell. "git tags must be signed" is a sentence. */
const COMMAND =
  /^(?:npm|npx|node|git|cd|curl|docker|pip|sudo|mkdir|python3?)\s(?!.*\b(?:must|always|never|should|may|is|are|we|our|only)\b)/;
const ENDS_AS_SENTENCE = /[.!?…][)"'”’»]*$/;

/** Whether a line or a sentence is a piece of a plan or of code. Nobody states a fact in this form. */
export function isPlanOrCode(sentence: string): boolean {
  if (NUMBERED_STEP.test(sentence) || WORKER_LINE.test(sentence)) return true;
  if (/[{}]$/.test(sentence) || (sentence.endsWith(';') && /[=(){}[\]]/.test(sentence))) return true;
  return !ENDS_AS_SENTENCE.test(sentence) && (CODE_START.test(sentence) || COMMAND.test(sentence));
}

/** It begins only at the start of a word, so that a long word is read once. */
const FILE_NAME = /(?<![\w@./-])[\w@./-]+\.[a-z]{1,5}\b/g;
const WORD = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]|[\p{L}\p{N}]+/gu;
/** From this number on the names of files are a list, whatever stands between them. */
const MANY_FILES = 3;
/** Words such as "Files" and "and" beside the names. */
const WORDS_OF_LIST = 2;

/** Whether a sentence names many files, or hardly says anything beside the names of files. */
export function isFileList(sentence: string): boolean {
  const files = sentence.match(FILE_NAME)?.length ?? 0;
  const words = sentence.replaceAll(FILE_NAME, ' ').match(WORD)?.length ?? 0;
  return files >= MANY_FILES || (files > 0 && words <= WORDS_OF_LIST);
}

const DONE = 'done|finished|ready|completed?|in place|under way|in progress|pending|blocked|failed|skipped|cancelled';
/** "The backend is done: …". What follows may be a fact. */
const STATE_BEFORE = new RegExp(
  String.raw`^(?:the |my |our )?[\w -]{1,60}? (?:is|are) (?:now |all )?(?:${DONE})\s*[:;,–—]\s*(?=\S)`,
  'i',
);

/** Returns a sentence without the state that it starts with: "The API is ready: GET /a answers 200." */
export function withoutState(sentence: string): string {
  return sentence.replace(STATE_BEFORE, '');
}

/** A task's id as planners write it: `T002`, also at the end of a value's name such as `outline_T002`. */
const TASK_ID = /(?<![A-Za-z\d])T\d{3,4}(?!\w)/;
const FILES_LABEL = /^(?:the )?(?:(?:new|changed|written|created) )?files?(?: (?:changed|written|created))?\s*[:：]/i;
/** "backend completed, frontend failed": workers and how they ended. */
const ENDS_OF_WORKERS = /^(?:[\w-]+ (?:completed|failed|skipped|cancelled|is done)(?:, |; | and |[.!]?$))+$/i;
const TEAM_AT_WORK =
  /^the (?:team|workers?|chef|planner) (?:has|have|is|are|was|were) (?:now )?(?:built|done|finished|written|created|completed|working|asked|told|started)\b/i;
const WORKERS_AT_WORK =
  /^(?:they|we) (?:(?:all|both|now) )?(?:work|agree|agreed)\b.*\b(?:parallel|that i (?:gave|told|sent))\b/i;
/** "To start it: cd backend, npm install." Without the run nobody knows what "it" is. */
const HOW_TO = /^to (?:start|run|stop|open|try|test|see|use|build|install) (?:it|them|this)\s*[:：,]/i;
/** What the place of work lacks says nothing about the work. */
const PLACE_OF_WORK = [
  /\bno network here\b|\bcommands? (?:have|had|has) no network\b|\bcommands? (?:can|could|cannot|may)(?: not)? run here\b/i,
  /\bnot (?:be )?(?:tested|installed|verified|checked|run)\b.{0,100}\b(?:here|yet)\b|\bcould not be (?:tested|installed|verified|checked|run)\b/i,
  /\b(?:i|we) (?:could not|cannot|couldn't|can't) (?:run|test|install|verify|check)\b/i,
];
const PASSED =
  /\b(?:all|\d+)(?: \d+| of| the| unit){0,3} (?:tests?|checks?)(?: in \S+)? (?:(?:are|were|is) )?(?:now )?(?:pass|green)/i;
const STATES = [TASK_ID, FILES_LABEL, ENDS_OF_WORKERS, TEAM_AT_WORK, WORKERS_AT_WORK, HOW_TO, ...PLACE_OF_WORK, PASSED];

const STATE_LABEL = new RegExp(
  String.raw`^(?:the |current |final )?(?:status|state|plan|progress|to-?do|next(?: steps?)?|steps?|tasks?|${DONE}|(?:not |un)?tested|tests?|changes|changed|remaining|open(?: points?| questions?)?)\s*[:：]`,
  'i',
);
const STATE_AT_END = new RegExp(
  String.raw`\b(?:is|are|was|were|has been|have been|now) (?:now |all |not yet |not )?(?:${DONE})(?: (?:now|so far|yet|here))?[.!]?$`,
  'i',
);
/** "An order that is not paid within an hour is always cancelled" is a rule, not a state. */
const RULE = /\b(?:if|when|unless|until|else|must|always|never)\b/i;

/** Whether a sentence of a report says how far the work is, or what the place of work allows. */
export function isState(sentence: string): boolean {
  const text = sentence.replaceAll('’', "'");
  if (STATES.some((form) => form.test(text))) return true;
  return !RULE.test(text) && (STATE_LABEL.test(text) || STATE_AT_END.test(text));
}

const ACTS =
  'writ(?:e|es|ing)|wrote|written|creat(?:e|es|ed|ing)|add(?:s|ed|ing)?|implement(?:s|ed|ing)?|buil(?:d|ds|t|ding)|updat(?:e|es|ed|ing)|chang(?:e|es|ed|ing)|fix(?:es|ed|ing)?|refactor(?:s|ed|ing)?|mov(?:e|es|ed|ing)|renam(?:e|es|ed|ing)|delet(?:e|es|ed|ing)|remov(?:e|es|ed|ing)|generat(?:e|es|ed|ing)|prepar(?:e|es|ed|ing)|run|ran|running|check(?:s|ed|ing)?|test(?:s|ed|ing)?|verif(?:y|ies|ied|ying)|review(?:s|ed|ing)?|read|reading|look(?:s|ed|ing)?|list(?:s|ed|ing)?|install(?:s|ed|ing)?|commit(?:s|ted|ting)?|push(?:es|ed|ing)?|sen[dt]|tell|told|ask(?:s|ed)?|wait(?:s|ed|ing)?|beg[ai]n|start(?:s|ed|ing)?|finish(?:es|ed)?|continu(?:e|es|ed)|split|put|sum(?:med)?|summari[sz](?:e|ed)|outlin(?:e|ed)|draft(?:ed)?|set up';
/** "Test files are …" and "Build scripts live …" begin with a noun. */
const OWN_ACT = new RegExp(
  String.raw`^(?:(?:first|then|next|now|finally|after that|please|and),? )?(?:(?:i|we)(?:'ve|'ll|'m)? (?:have |had |will |am |now |also |then |just |can |could )*)?(?:${ACTS})\b(?!(?: \w+)? (?:is|are|lives?|lies?|ends?|belongs?|stands?|goes?|needs?|must)\b)`,
  'i',
);
/** "The outline is ready": a product of the run, not a part of the project. */
const OWN_PRODUCT =
  /^(?:the|an?|my|our|this) (?:(?:final|short|first|full) )?(?:outline|answer|reports?|results?|summary|draft|notes?|findings|plan|output|readme(?:\.md)?|task|sprint|run|review|work) (?:is|are|was|were|says?|shows?|stands?|has|have|would|will|names|lists|holds|contains|explains|describes|covers)\b/i;

/** Whether a sentence tells what a worker does or did, or where the product of its work is. */
export function isOwnWork(sentence: string): boolean {
  const text = sentence.replaceAll('’', "'");
  return OWN_ACT.test(text) || OWN_PRODUCT.test(text);
}

const REQUEST = new RegExp(
  String.raw`^(?:please,? |can you |could you |now |then |first )*(?:${ACTS}|make|compare|plan|design|find|show|explain|give|help|search|analy[sz]e|translate|research|describe|develop|improve|extend)\b`,
  'i',
);

/** Whether a sentence of a task asks for work and tells nothing about its author: "Write a page for my shop." */
export function isRequest(sentence: string): boolean {
  return REQUEST.test(sentence) && !/\b(?:we|i|i'm|always|never|must)\b/i.test(sentence.replaceAll('’', "'"));
}
