import { type LanguageWords, wordMatcher } from './word-matcher.ts';

/**
 * Words with which people speak of themselves, by language: who they are, what they have, do, like and prefer. Where a
 * verb says the person ("vivo", "живу"), the verb is here, too.
 */
const SELF_WORDS: Readonly<Record<string, LanguageWords>> = {
  English: {
    words: "I I'm I've I'd I'll my mine me myself we we're we've our ours us always never prefer decided because",
  },
  Chinese: { signs: '我 俺 咱 本人 住在 喜欢 喜歡 生日' },
  Hindi: { words: 'मैं मैंने मेरा मेरी मेरे मुझे मुझको मुझसे हम हमने हमारा हमारी हमारे हमें' },
  Spanish: {
    words:
      'yo me mi mis mío mía conmigo nosotros nosotras nos nuestro nuestra nuestros nuestras soy estoy tengo vivo trabajo trabajé prefiero quiero nací ' +
      'vivimos trabajamos somos tenemos odio llamo nunca siempre',
  },
  French: {
    words: 'je moi me mon ma mes mien mienne nous notre nos suis habite travaille préfère toujours jamais',
    stems: "j' m'",
  },
  Arabic: {
    words:
      'أنا انا نحن اسمي إسمي أعيش اعيش أسكن اسكن أعمل اعمل أحب احب أفضل افضل أكره أدرس ادرس ولدت عمري لدي عندي بيتي عملي مدينتي عائلتي زوجتي زوجي ابني ابنتي ' +
      'أبي أمي أخي أختي صديقي صديقتي قررت اشتريت انتقلت سافرت نعيش نعمل نسكن أريد اريد لي ' +
      'سوف علي أعاني أستيقظ أستخدم نستخدم قررنا ننتقل أجريت سجلت ذهبت بدأت انتهيت مديري شركتي جدي جدتي أولادي أصدقائي سيارتي شقتي قطتي كلبي',
    // "I will", which is no form of the verb "ask".
    signs: '(?<!\\p{L})سأ(?!ل)\\p{L}',
  },
  Bengali: { words: 'আমি আমার আমাকে আমায় আমরা আমাদের আমারও আমিও' },
  Portuguese: {
    words:
      'eu meu minha meus minhas mim comigo nós nosso nossa nossos nossas sou estou tenho moro vivo trabalho trabalhei prefiro gosto quero nasci moramos ' +
      'somos temos chamo nunca sempre',
  },
  Russian: {
    words:
      'я меня мне мной мною мой моя моё мое мои моего моей моих моему моим мою мы нас нам наш наша наше наши живу работаю люблю предпочитаю хочу учусь ' +
      'родился родилась переехал переехала купил купила решил решила живём живем работаем всегда никогда',
  },
  Urdu: { words: 'میں میرا میری میرے مجھے مجھ ہم ہمارا ہماری ہمارے ہمیں' },
  Japanese: {
    signs:
      '私 僕 俺 わたし ぼく おれ 自分は 住んで 暮らして 働いて 勤めて 好き 嫌い 生まれ 誕生日 趣味 出身 と申し といいま と言いま ' +
      // The subject is left out: the family, plans, decisions and duties are those of the speaker.
      '妻[はがのとも、] (?<![丈工])夫[はがのとも、] 娘 息子 家族 (?:父|母|兄|弟|姉|妹)[はがのとも、] 上司 うちの 飼って アレルギー ' +
      '引っ越[しすそ] 転勤に 予定です 予定だ つもり ことにし ことに決め に決めまし に決めた なければなら なきゃ ないといけ 申し込[みん]',
  },
  German: { words: 'ich mich mir wir uns immer nie', stems: 'mein unser' },
  Italian: {
    words:
      'io mi mio mia miei mie me noi nostro nostra nostri nostre sono vivo abito lavoro preferisco voglio ho siamo abbiamo chiamo sempre',
  },
  Polish: {
    words:
      'ja mnie mi mną mój moja moje moi moją mojego my nas nam nasz nasza jestem mam mieszkam pracuję lubię wolę kocham chcę nazywam urodziłem urodziłam ' +
      'mieszkamy pracujemy jesteśmy zawsze nigdy',
  },
  Turkish: {
    words: 'benim bana beni bende biz bizim bize adım evim işim yaşıyorum çalışıyorum oturuyorum seviyorum tercih',
  },
  Indonesian: { words: 'saya aku kami kita milikku namaku rumahku tinggal bekerja suka selalu' },
  Korean: { signs: '저는 제가 제 나는 내가 나의 우리 저의 살고 살아요 일하 좋아' },
};

/** The languages in which {@link speaksOfSelf} knows words. */
export const SELF_LANGUAGES: readonly string[] = Object.keys(SELF_WORDS);

/** Returns whether a sentence has a word with which people speak of themselves. */
export const speaksOfSelf = wordMatcher(SELF_WORDS);

/** Verbs with which an English diary or note begins, without its subject: "Had coffee with mom today." */
const NOTE_START =
  /^(?:(?:today|yesterday|just|finally)[, ]+)?(?:ate|became|began|booked|bought|built|called|cooked|did|drove|felt|feeling|finished|flew|found|got|had|heard|joined|learned|left|lost|made|met|moved|ordered|paid|planted|played|ran|read|received|saw|signed|slept|sold|spent|spoke|started|stopped|talked|took|tried|visited|walked|watched|went|woke|won|worked|wrote)\b/i;

/** Returns whether a sentence of somebody who tells of themselves begins as a note does. English only. */
export function beginsAsNote(sentence: string): boolean {
  return NOTE_START.test(sentence);
}
