/**
 * English words by which claims are compared: general words of work, software and operations. A word may be in several
 * groups, one for each of its senses.
 */

/** Words for the same. The first word names the group. */
const ALIKE = `
increase rise grow climb gain more; decrease drop fall decline shrink sink reduce cut less lower; remove drop delete erase discard; keep retain preserve maintain stay remain survive
fast quick rapid speedy; slow sluggish lag; begin start launch; end finish stop; use adopt apply; say tell state report; show display present; help assist support
fix repair solve; break crash fail; error mistake bug fault; problem issue trouble; developer engineer programmer; team group; cost price fee; cheap inexpensive affordable
expensive costly pricey; big large huge great; small little tiny; choose pick select choice; make build create generate produce; change modify alter update; improve enhance
worsen degrade; cause reason source; accept approve adopt; reject decline refuse; like prefer enjoy; dislike hate; agree concur accord consensus unanimous; disagree dissent
run execute; send deliver ship; receive get obtain; store save keep persist; find discover detect catch; lose miss; hide mask conceal invisible; test check verify
answer reply respond response; ask request demand; abandon leave quit; skip omit; full complete whole; incomplete partial; outdated stale old obsolete; new recent modern
safe secure; danger risk hazard; easy simple; difficult hard complex; group bundle batch; gradual stepwise; deploy release rollout; figure number value; rebuild reindex
email e-mail mail; document doc; login sign-in; signup sign-up; protect guard shield; exhaust overflow deplete; bloat inflate; fit suit; handle process support; prove proof evidence
restore recover; happy satisfied glad content; reflect represent representative; migrate move; contain include hold part; monthly month; weekly week; daily day; yearly year annual
right correct true; wrong incorrect false; expire expiry end; public open; undo revert reverse reversible; picture image photo; database db; repository repo; authentication auth login; configuration config`;

/** Opposites: a word, or the name of a group, and its opposite. Words with "un-", "in-" or "dis-" need no entry. */
const OPPOSITE = `
increase decrease; keep remove; fast slow; allow forbid; cheap expensive; big small; improve worsen; accept reject; like dislike; safe danger; easy difficult; new outdated
enable disable; on off; public private; required optional; mandatory optional; open closed; online offline; succeed break; success failure; right wrong; up down; high low; many few
help hinder; keep lose; improve harm; strong weak; early late; include exclude; add remove; useful useless; manual automatic; pass break; win lose; best worst; better worse
remember forget`;

/** A word that denies what follows it. */
export const NEGATORS = wordSet(
  'not never no none nobody nothing neither nor without hardly rarely seldom scarcely avoid avoids avoided avoiding forbidden prohibited banned impossible unable ' +
    'unnecessary lack lacks lacked doubt doubts doubted doubtful refuse refuses refused',
);

/** Stems of verbs that deny what "to" puts behind them: "forgot to weigh". "Do not forget to weigh" denies it twice. */
export const DENYING_VERBS = wordSet('fail forget neglect omit hesit');

/** Negations of the other languages in Latin script. French "ne" is left out: "pas", "jamais" or "rien" follows it. */
export const FOREIGN_NEGATORS: Readonly<Record<string, ReadonlySet<string>>> = {
  german: wordSet(
    'nicht nie niemals kein keine keinen keinem keiner keines niemand nichts weder ohne kaum vergiss vergesst vergessen',
  ),
  french: wordSet("pas jamais aucun aucune rien personne sans ni oublie oubliez n'oublie n'oubliez"),
  spanish: wordSet('no nunca jamás ningún ninguno ninguna nadie nada sin tampoco olvides olvide olvidar'),
  portuguese: wordSet('não nunca jamais nenhum nenhuma ninguém nada sem esqueça esqueças esquecer'),
  italian: wordSet('non mai nessun nessuno nessuna niente nulla senza dimenticare dimenticate'),
  dutch: wordSet('niet nooit geen niemand niets zonder nauwelijks vergeet vergeten'),
  swedish: wordSet('inte aldrig ingen inget inga utan knappast glöm glömma'),
};

/** Words that are no content of a claim. */
export const FILLERS = wordSet(
  'a an the and or but of in on at by for to from with within into onto out off through between per as than then is am are was were be been being do does did done have has had having ' +
    'would could should ought must shall may might can will get gets got make makes made take takes took taken give gives put use uses used using come comes came go goes all any some every each ' +
    'both most more enough everyone everybody everything always often sometimes usually almost nearly hardly majority mostly very quite too also just only even really already still yet currently ' +
    'now again about around roughly approximately least up so such there here this that these those it its they them their we our us i my you your he she who whom which what when where how if ' +
    'because due while before after until since true fact claim believe think certain certainly clearly surely definitely indeed one ones thing things way kind sort able whole far need needs ' +
    'needed necessary themselves itself member members single let lets want wants longer any anymore anyone',
);

/** Words at which the reach of a negation ends. */
export const CLAUSE_STARTS = wordSet(
  'because but so although though while when if unless which who since before after',
);

/** The words of numbers. */
export const NUMBERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
      .split(' ')
      .map((word, at) => [word, `${at}`]),
  ),
  ...Object.fromEntries(
    'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, at) => [word, `${(at + 2) * 10}`]),
  ),
  hundred: '100',
  thousand: '1000',
  million: '1000000',
  billion: '1000000000',
};

/** Other ways to write a number or a unit. */
export const SPELLINGS: Readonly<Record<string, string>> = {
  ...NUMBERS,
  s: 'second',
  sec: 'second',
  ms: 'millisecond',
  min: 'minute',
  h: 'hour',
  $: 'dollar',
  '€': 'euro',
  '£': 'pound',
  '%': 'percent',
};

export const groupsOfWords: readonly (readonly string[])[] = listsOf(ALIKE);
export const opposites: readonly (readonly string[])[] = listsOf(OPPOSITE);

function listsOf(lines: string): string[][] {
  return lines.split(/[;\n]/).flatMap((line) => {
    const words = line.split(' ').filter((word) => word !== '');
    return words.length > 0 ? [words] : [];
  });
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}
