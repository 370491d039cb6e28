import { wordMatcher } from '../../platform/language/word-matcher.ts';
import type { StagedPreference } from './preference.ts';

type Wish = Pick<StagedPreference, 'hub' | 'field' | 'value'>;

/**
 * Finds plain wishes in French, German, Spanish, Portuguese, Italian, Russian, Arabic, Japanese, Chinese and Korean: a
 * tool to use, short or detailed answers, the language of answers. A sentence that denies or supposes anything gives
 * none, because rules cannot tell what it denies.
 */
export function foreignWishesIn(sentence: string): Wish[] {
  const text = sentence.normalize('NFC').replaceAll('’', "'");
  if (deniesOrSupposes(text)) return [];
  const tools = [...text.matchAll(TOOL_TO_USE)].map(([, one, other]) => (one ?? other ?? '').toLowerCase());
  return [
    ...tools.flatMap((value) => {
      const field = TOOLS.find(([, names]) => new RegExp(`^(?:${names})$`).test(value))?.[0];
      return field === undefined ? [] : [wish(field, value)];
    }),
    ...(BRIEF.test(text) ? [wish('output.verbosity', 'brief')] : []),
    ...(DETAILED.test(text) ? [wish('output.verbosity', 'detailed')] : []),
    ...languageIn(text),
  ];
}

function wish(field: string, value: string): Wish {
  return { hub: 'preferences', field, value };
}

const deniesOrSupposes = wordMatcher({
  French: { words: 'ne pas jamais sans aucun aucune ni éviter évite évitez si quand comment pourquoi', stems: "n' s'" },
  German: { words: 'nicht nie niemals ohne statt wenn falls ob warum wie', stems: 'kein vermeid' },
  Spanish: { words: 'no sin nunca ni evita si cómo cuando' },
  Portuguese: { words: 'não sem nunca nem evite se como quando' },
  Italian: { words: 'non senza mai né evita se come quando' },
  Russian: { words: 'не нет без никогда если как когда' },
  Arabic: { words: 'لا لم لن ليس بدون دون إذا كيف لماذا' },
  Japanese: { signs: 'ない なく ません ずに 避け やめ もし たら なら どう なぜ' },
  Chinese: { signs: '不 没 沒 别 別 勿 如果 怎么 为什么' },
  Korean: { signs: '않 안_ 말고 마세요 없이 만약 으면 어떻게' },
});

/** Tools whose name means nothing else, by field. */
const TOOLS: readonly (readonly [string, string])[] = [
  ['coding.language', 'typescript|javascript|python|golang|kotlin|php|c#'],
  ['coding.database', 'postgres(?:ql)?|mysql|sqlite|mongodb|redis|mariadb'],
  ['coding.framework', 'vue|svelte|angular|next\\.js|django|fastify'],
  ['tooling.packages', 'npm|pnpm'],
];
const NAMES = TOOLS.map(([, names]) => names).join('|');
const END = '(?![\\p{L}\\p{N}_]|[.-][\\p{L}\\p{N}])';
const VERBS =
  "utilise[rz]?|utilisons|j'utilise|je préfère|verwende|verwenden sie|nutze|benutze|ich bevorzuge|usa|usar|utiliza|utilizar|prefiero|prefiro|preferisco|utilizza|" +
  'используй|используйте|использую|предпочитаю|استخدم|أستخدم|استخدام|أفضل|استعمل';
const BEHIND = ' ?(?:を使|を利用|が好き|を希望|でお願い|で書い|[를을] ?(?:사용|써|선호)|로 ?(?:작성|만들))';
const TOOL_TO_USE = new RegExp(
  `(?:(?<!\\p{L})(?:${VERBS}) |(?:使用|用|喜欢用|偏好) ?)(${NAMES})${END}|(?<![\\p{L}\\p{N}_.-])(${NAMES})(?=${BEHIND})`,
  'giu',
);

const BRIEF =
  /réponses (?:courtes|brèves|concises)|(?:sois|soyez|reste) (?:bref|brève|concise?)|kurze antworten|(?:fass|fasse) dich kurz|respuestas (?:cortas|breves|concisas)|sé breve|respostas (?:curtas|breves|concisas)|risposte (?:brevi|concise)|sii breve|(?:кратки|коротки)е ответы|отвечай(?:те)? кратко|(?:ال)?إجابات (?:ال)?(?:قصيرة|مختصرة)|باختصار|簡潔|短い(?:回答|答え)|短く(?:答え|回答|書)|(?:简短|简洁|簡短|簡潔)的?回答|간결|짧은 답|짧게/iu;
const DETAILED =
  /réponses détaillées|réponds? en détail|ausführliche antworten|respuestas detalladas|respostas detalhadas|risposte dettagliate|подробные ответы|отвечай(?:те)? подробно|إجابات مفصلة|الإجابات المفصلة|أجب بالتفصيل|詳しい(?:回答|答え)|詳しく(?:答え|回答)|详细的?回答|자세한 답|자세히 답/iu;

/** Names of languages in their own language and in others, by the value of the field. */
const LANGUAGES: Readonly<Record<string, string>> = {
  french: 'français|französisch|francés|francês|francese|французском|الفرنسية|フランス語|法语|프랑스어',
  german: 'allemand|deutsch|alemán|alemão|tedesco|немецком|الألمانية|ドイツ語|德语|독일어',
  spanish: 'espagnol|spanisch|español|espanhol|spagnolo|испанском|الإسبانية|スペイン語|西班牙语|스페인어',
  portuguese: 'portugais|portugiesisch|portugués|português|portoghese|португальском|البرتغالية|ポルトガル語|葡萄牙语',
  italian: 'italien|italienisch|italiano|итальянском|الإيطالية|イタリア語|意大利语|이탈리아어',
  english: 'anglais|englisch|inglés|inglês|inglese|английском|الإنجليزية|英語|英语|영어',
  japanese: 'japonais|japanisch|japonés|japonês|giapponese|японском|اليابانية|日本語|日语|일본어',
  chinese: 'chinois|chinesisch|chino|chinês|cinese|китайском|الصينية|中国語|中文|중국어',
  russian: 'russe|russisch|ruso|russo|русском|الروسية|ロシア語|俄语|러시아어',
  arabic: 'arabe|arabisch|árabe|arabo|арабском|العربية|アラビア語|阿拉伯语|아랍어',
  korean: 'coréen|koreanisch|coreano|корейском|الكورية|韓国語|韩语|한국어',
};
const ALL = Object.values(LANGUAGES).join('|');
const ANSWER_IN = new RegExp(
  '(?:(?:réponds?|répondez|écris|écrivez|antworte|antworten sie|schreib|schreibe|responde|escribe|responda|escreva|rispondi|scrivi|отвечай|отвечайте|пиши|пишите|أجب|أجبني|اكتب|جاوب)' +
    `(?:-moi|-nous)?(?: (?:toujours|bitte|immer|siempre|sempre|por favor|всегда|دائما|لي)){0,2} (?:en|auf|em|in|на|ب ?|باللغة )? ?(?:ب)?(${ALL}))${END}|` +
    `(?<!\\p{Script=Han}|は)(${ALL})(?:で(?:答え|回答|返信|書い)|로 ?(?:답|대답|작성|써))|用(${ALL})(?:回答|回复|写)`,
  'iu',
);

function languageIn(text: string): Wish[] {
  const found = ANSWER_IN.exec(text)?.slice(1).find(Boolean)?.toLowerCase();
  const language = Object.entries(LANGUAGES).find(
    ([, names]) => found !== undefined && names.split('|').includes(found),
  );
  return language === undefined ? [] : [wish('output.language', language[0])];
}
