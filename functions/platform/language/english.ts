/**
 * Groups of inflected forms that a stemmer does not unify, and of names for the same thing. The words of a group count
 * as one word. They are general English, not taken from any data set.
 */
const FORMS = `
go goes went gone going; be was were been; have had has; do did done does; say said; get got gotten; make made; know knew known; think thought; take took taken
see saw seen; come came; find found; give gave given; tell told; become became; leave left; feel felt; bring brought; begin began begun; keep kept; hold held
write wrote written; stand stood; hear heard; mean meant; meet met; run ran; pay paid; sit sat; speak spoke spoken; lead led; grow grew grown; lose lost
fall fell fallen; send sent; build built; understand understood; draw drew drawn; break broke broken; spend spent; rise rose risen; drive drove driven
buy bought; wear wore worn; choose chose chosen; eat ate eaten; sing sang sung; swim swam swum; drink drank drunk; fly flew flown; forget forgot forgotten
sleep slept; teach taught; catch caught; fight fought; win won; sell sold; throw threw thrown; ride rode ridden; shake shook shaken; steal stole stolen
wake woke woken; bite bit bitten; blow blew blown; hide hid hidden; shoot shot; sink sank sunk; stick stuck; strike struck; swear swore sworn; tear tore torn
show showed shown; learn learned learnt; dream dreamed dreamt; hang hung; lay laid; lie lain; light lit; dig dug; feed fed; deal dealt; bend bent; lend lent
seek sought; shine shone; weave wove woven; freeze froze frozen; arise arose arisen; bind bound; breed bred; creep crept; flee fled; forgive forgave forgiven
grind ground; kneel knelt; overcome overcame; prove proved proven; ring rang rung; shrink shrank shrunk; slide slid; spin spun; spring sprang sprung; sweep swept
child children kid kids; man men; woman women; person people; foot feet; tooth teeth; mouse mice; goose geese; life lives; wife wives; knife knives; leaf leaves
half halves; shelf shelves; wolf wolves; good better best; bad worse worst; far farther further
mom mother mum mommy; dad father daddy; grandma grandmother; grandpa grandfather; photo photograph picture pic pics; tv television; bike bicycle; phone telephone
movie film; fridge refrigerator; plane airplane aeroplane; favorite favourite; color colour; center centre; theater theatre; gray grey; travel travelled traveled`;

/** Groups of related words. A related word counts less than the word itself. */
const RELATED = `
job work career profession occupation employment; buy purchase get; start begin launch open; hobby pastime interest activity; child kid son daughter
pet dog cat puppy kitten; vacation holiday trip travel journey; move relocate; instrument guitar piano violin drum; happy glad excited; sad upset depressed
ill sick; doctor physician; help support assist; company business firm startup; house home apartment flat; friend buddy pal; wedding marriage marry; book novel read
car vehicle; meet encounter; study learn class course school; teacher instructor; class workshop lesson; event party celebration festival; gift present
food meal dish dinner lunch cook recipe; city town; exercise workout gym fitness run; join sign enroll member; like love enjoy favorite prefer; dislike hate
win award prize medal; create make build; game play; volunteer charity donate; art paint draw; goal plan aim; music song band concert; attend go visit
hike trail camp; brother sister sibling; relax unwind; big large huge; small little tiny; fear afraid scared; finish complete end; try attempt; quit stop leave
injury hurt pain; money income salary earn; fix repair solve; error bug failure; delete remove; change modify update; show display; choose pick select; price cost
answer reply respond; question ask; fast quick rapid; meeting call appointment; boss manager; colleague coworker; contract agreement; customer client; deploy release`;

/** Question words, which show the kind of answer and not its subject. The index already leaves out stop words. */
export const QUESTION_WORDS = new Set(
  (
    'when what which who whom whose where why how did do does is are was were has have had would should could might may can will likely kind kinds type types ' +
    'sort many much often long ever last during since'
  ).split(' '),
);

const FORMS_OF = groupsOf(FORMS);
const RELATED_TO = groupsOf(RELATED);

/** Returns all forms of a word, including itself. */
export function formsOf(word: string): string[] {
  return [...new Set([word, ...(FORMS_OF.get(word) ?? [])])];
}

/** Returns the first of a word's forms: "eat" for "ate". The word itself when it has no other. */
export function baseOf(word: string): string {
  return FORMS_OF.get(word)?.[0] ?? word;
}

/** Returns whether this file knows the word. It knows no names. */
export function isOrdinary(word: string): boolean {
  return QUESTION_WORDS.has(word) || FORMS_OF.has(word) || RELATED_TO.has(word) || RELATED_TO.has(withoutEnding(word));
}

/** Returns related words, without the forms of the word itself. */
export function relatedTo(word: string): string[] {
  const forms = formsOf(word);
  const related = forms.flatMap((form) => RELATED_TO.get(form) ?? RELATED_TO.get(withoutEnding(form)) ?? []);
  return [...new Set(related)].filter((other) => !forms.includes(other));
}

/**
 * Removes common endings, so that "hobbies" and "painting" are found in a list of base forms. The index has its own
 * stemmer.
 */
function withoutEnding(word: string): string {
  if (/ies$/.test(word)) return `${word.slice(0, -3)}y`;
  return word.replace(/(?:ing|ed|es|s)$/, '');
}

function groupsOf(lines: string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const group of lines.split(/[;\n]/)) {
    const words = group.split(' ').filter((word) => word !== '');
    for (const word of words) groups.set(word, [...(groups.get(word) ?? []), ...words]);
  }
  return groups;
}
