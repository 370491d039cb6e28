/** Words that say how something is. An answer of such words does not answer which one it is. */
const QUALITIES = new Set(
  `absent accurate active afraid alive alone amazing angry annoying asleep available awake away awesome awful back bad beautiful best better big bitter bland boring
   bright brilliant broken busy calm careful cheap clean clear clever closed cold comfortable common complete complex confusing cool correct crazy critical crowded cruel
   cute daily dark dead deaf dear deep delicious demanding dense difficult dirty done double down dry dull early easy empty equal essential exact excellent excited
   exhausting expensive extra fair false famous fancy fantastic far fast fat fine finished firm fit flat flexible fluent foggy free fresh full fun
   funny gentle glad gone good gorgeous great happy hard healthy heavy here high hilarious honest hot huge humid hungry ideal ill illegal important impossible inactive
   incomplete incorrect inside intense interesting invalid kind large last lazy legal light likely little local lonely long loose lost loud lovely low loyal lucky
   mad major mandatory massive mean medium messy mild minor missing mixed modern narrow nasty near neat negative nervous new nice noisy normal obsolete obvious odd off offline
   ok okay old on online open optional original out outdated outside over overdue pending perfect personal plain poor popular positive possible pretty
   private probable proper proud public pure quick quiet random rare raw ready real realistic unrealistic relaxed reliable remote rich right ripe rough round rude sad safe salty same scary
   scarce secret secure sensitive serious severe shaky shared sharp short shut shy sick silent silly simple single slim slow small smart smooth soft solid sore sour special
   spicy stable stale steep sticky stiff strange strict strong stupid sturdy sudden sunny super sure sweet tall tasty temporary tense terrible there thick thin thirsty tight tiny
   tired top tough toxic tricky true ugly unclear unfair unique unknown unlikely unstable unusual up upset urgent useful useless usual vague valid vast visible invisible warm weak weird
   wet whole wide wild wise wonderful worse worst wrong young`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Words that begin an answer about how, where or why something is. */
const LEADING =
  /^(always|never|often|usually|mostly|only|just|very|too|so|quite|rather|pretty|really|almost|nearly|still|already|about|above|after|against|among|around|as|at|because|before|behind|below|beneath|beside|between|beyond|by|during|for|from|in|inside|into|like|near|of|off|on|out|outside|over|per|since|than|through|to|under|until|up|upon|via|with|within|without|if|that|what|when|where|who|why|how|it|its|his|her|their|my|our|your|this|these|those|everything|nothing|something|someone|nobody|everybody|all|any|some|many|more|most|much|less|both|each|every|not|no|hard|easy|good|bad)$/;

/** Returns whether words of an answer say how something is ("too high", "protected") and do not name it. */
export function isQuality(words: readonly string[]): boolean {
  const [first = ''] = words;
  return (
    LEADING.test(first) || words.some((word) => QUALITIES.has(word) || /.{3}(ful|less|ous|able|ible|ly|ed)$/.test(word))
  );
}
