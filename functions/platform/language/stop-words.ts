/** The languages in Latin script that are told apart. PostgreSQL's text search configurations have these names. */
export const LANGUAGES = [
  'english',
  'german',
  'french',
  'spanish',
  'portuguese',
  'italian',
  'dutch',
  'swedish',
] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * The most frequent words of each language. They tell the language of a text and say nothing about its subject.
 * functions/platform/sql/stop_words.sql has the same words.
 */
export const STOP_WORDS: Record<Language, string> = {
  english:
    'the a an and or but if of to in on at by for with from as is are was were be been am it its this that these those i you he she we they me my your his her our their them us him not no do does did have has had will would can could should what when where which who whom how why there so than then about into just too very',
  german:
    'der die das den dem des ein eine einen einem einer eines und oder aber ist sind war waren bin bist sein hat habe haben hatte hatten wird werden wurde ich du er sie es wir ihr mich mir dich dir ihm ihn uns euch mein meine meinen meinem meiner dein deine deinen deinem deiner seine seinen seinem seiner ihre ihren ihrem ihrer unser unsere unserer nicht kein keine keinen mit von vom zu zum zur im am auf für an bei nach aus über unter vor durch um gegen ohne wie was wer wen wem wo wann warum wohin woher welche welcher welches welchen als auch noch nur schon sehr so dass daß wenn weil denn doch man sich kann will muss soll gibt',
  french:
    'le la les un une des du de et ou mais est sont était étaient suis es sera être avoir ai as a avons avez ont avait je tu il elle on nous vous ils elles me te se lui leur leurs mon ma mes ton ta tes son sa ses notre nos votre vos ce cet cette ces ne pas plus que qui quoi quel quelle quels quelles où quand comment pourquoi combien dans sur sous avec sans pour par chez vers entre au aux en y si comme très bien aussi fait',
  spanish:
    'el la los las un una unos unas y o pero es son era eran fue soy eres está están estoy estaba ser estar ha he han has hay había tiene tengo tienen yo tú él ella nosotros ellos ellas usted me te se le les lo nos mi mis tu tus su sus nuestro nuestra no ni de del a al en con sin por para sobre entre desde hasta que qué quién quiénes cuál cuáles cuándo dónde adónde cómo cuánto cuánta cuántos cuántas cuando donde como muy más también ya porque si este esta estos estas ese esa esto eso',
  portuguese:
    'o a os as um uma uns umas e ou mas é são era eram foi sou está estão estou estava ser estar tem tenho têm tinha há eu tu ele ela nós eles elas você vocês me te se lhe lhes meu minha meus minhas teu tua seu sua seus suas nosso nossa não nem de do da dos das em no na nos nas num numa com sem por pelo pela para pra sobre entre desde até que quem qual quais quando onde aonde como quanto quanta quantos quantas ao aos à às muito mais também já porque este esta esse essa isso isto',
  italian:
    'il lo la i gli le un uno una e ed o ma è sono era erano sei siamo essere avere ho hai ha abbiamo hanno aveva io tu lui lei noi voi loro mi ti si ci vi mio mia miei mie tuo tua suo sua suoi sue nostro nostra non né di del dello della dei degli delle a al allo alla ai agli alle in nel nella nei nelle con senza per da dal dalla dai su sul sulla tra fra che chi quale quali quando dove come quanto quanta quanti quante perché molto più anche già questo questa quello quella cosa',
  dutch:
    'de het een en of maar is zijn was waren ben bent heb hebt heeft hebben had ik jij je u hij zij ze wij we jullie hen hun mij me mijn jouw uw haar ons onze niet geen van in op aan met voor door bij naar uit over onder om te tot als dat die dit deze er wat wie waar wanneer waarom hoe welke hoeveel ook nog al wel zo dan toen wordt worden kan',
  swedish:
    'och eller men är var vara varit har hade ha jag du han hon den det vi ni de dem mig dig honom henne oss er min mitt mina din ditt dina sin sitt sina hans hennes vår vårt våra deras en ett inte ingen inget i på av till från med för om vid hos mot under över efter utan som att vad vem vilken vilket vilka när var vart varför hur så mycket också bara sedan ska skulle kan blir blev',
};

const SETS = new Map(LANGUAGES.map((language) => [language, new Set(STOP_WORDS[language].split(' '))]));

/** Returns whether the word is one of the most frequent words of the language. */
export function isStopWord(word: string, language: Language): boolean {
  return SETS.get(language)?.has(word) ?? false;
}

/** Words at the beginning that tell the language; a long text does not need more. */
const TELLING_WORDS = 200;

/**
 * Returns the language in Latin script that has the most of its frequent words in a text; undefined when no language
 * has any. On equal counts the language that comes first in {@link LANGUAGES} is returned.
 */
export function languageOf(words: readonly string[]): Language | undefined {
  const telling = words.slice(0, TELLING_WORDS);
  let best: Language | undefined;
  let most = 0;
  for (const language of LANGUAGES) {
    const count = telling.filter((word) => isStopWord(word, language)).length;
    if (count > most) [best, most] = [language, count];
  }
  return best;
}
