/**
 * Texts with their words, for the tokenizer in TypeScript and in SQL. `folded` are the words without accents, where
 * they differ; `language` is the language that the words tell.
 */
export const WORD_VECTORS: readonly { text: string; words: string; folded?: string; language?: string }[] = [
  { text: '', words: '' },
  { text: ' \t\n—…“”!? ', words: '' },
  { text: 'The harbour freezes in January.', words: 'the harbour freezes in january', language: 'english' },
  // Apostrophes: parts and the whole; contractions say nothing.
  { text: "l'école", words: 'l école lécole', folded: 'l ecole lecole' },
  { text: 'L’ÉCOLE', words: 'l école lécole', folded: 'l ecole lecole' },
  {
    text: 'd´été ou d`hiver',
    words: 'd été ou d hiver dété dhiver',
    folded: 'd ete ou d hiver dete dhiver',
    language: 'french',
  },
  { text: "комп'ютер м’ята", words: 'комп ютер м ята компютер мята' },
  { text: "Xi'an qur'an O'Brien", words: 'xi an qur an o brien xian quran obrien', language: 'english' },
  { text: "Anna's cat isn't Ben's; they've gone", words: 'anna cat ben they gone', language: 'english' },
  { text: "rock 'n' roll 'quoted'", words: 'rock n roll quoted' },
  // Signs that join words.
  { text: 'retry_backoff_ms', words: 'retry backoff ms retrybackoffms' },
  {
    text: 'getUserByEmail XMLParser iPhone',
    words: 'get user by email xml parser i phone getuserbyemail xmlparser iphone',
    language: 'english',
  },
  { text: 'left-pad v1.3.0-beta.2', words: 'left pad v1 3 0 beta 2 leftpad 0beta' },
  { text: '/etc/nginx/default.conf a@b.example', words: 'etc nginx default conf a b example', language: 'english' },
  { text: 'a--b __init__ -18 C++', words: 'a b init 18 c ab', language: 'english' },
  // Scripts without spaces.
  { text: '部署流程：先运行 make', words: '部 部署 署流 流程 程 先 先运 运行 行 make' },
  { text: '猫', words: '猫 猫' },
  { text: '食べたラーメン', words: '食 食べ べた たラ ラー ーメ メン ン' },
  { text: '끝말잇기 게임을', words: '끝 끝말 말잇 잇기 기 게 게임 임을 을' },
  { text: 'ฉันมีนัด', words: 'ฉั ฉัน นมี มีนั นัด ด' },
  { text: 'ລາວ ខ្មែរ မြန်မာ', words: 'ລ ລາ າວ ວ ខ្ ខ្មែ មែរ រ မြ မြန် န်မာ မာ' },
  { text: 'v2を使う', words: 'v2 を を使 使う う' },
  // One form of characters that have several.
  { text: 'Ｆｕｌｌ１２ ﬁne ｶﾞｷﾞ', words: 'full12 fine ガ ガギ ギ' },
  { text: 'Sa\u0308nger Cafe\u0301', words: 'sänger café', folded: 'sanger cafe' },
  { text: 'co\u00adoperate zero\u200bwidth مـحمد', words: 'cooperate zero width محمد' },
  { text: '٤٢ ۴۲ ४२', words: '42 42 42' },
  // Accents and variants of letters.
  { text: 'Königstraße Ångström œuvre', words: 'königstraße ångström œuvre', folded: 'konigstrasse angstrom oeuvre' },
  { text: 'Łukasz Ørsted Đorđe Þór', words: 'łukasz ørsted đorđe þór', folded: 'lukasz orsted dorde thor' },
  { text: 'İstanbul ILIK ılık', words: 'istanbul ilik ılık', folded: 'istanbul ilik ilik' },
  { text: 'ΣΟΦΟΣ σοφός', words: 'σοφοσ σοφόσ', folded: 'σοφοσ σοφοσ' },
  { text: 'Ёлка мой о́чень їжак ґанок', words: 'ёлка мой о́чень їжак ґанок', folded: 'елка мой очень їжак ганок' },
  { text: 'الكُتُب أحمد مدرسة علی کتاب', words: 'الكُتُب أحمد مدرسة علی کتاب', folded: 'الكتب احمد مدرسه علي كتاب' },
  { text: 'שָׁלוֹם', words: 'שָׁלוֹם', folded: 'שלום' },
  { text: 'क़लम राम रमा आँधी', words: 'क\u093cलम राम रमा आँधी', folded: 'कलम राम रमा आंधी' },
  { text: 'tiếng Việt', words: 'tiếng việt', folded: 'tieng viet' },
  { text: '🎂 5 € ½', words: '5 1 2' },
  // Languages.
  { text: 'Wo wohnt die Schwester?', words: 'wo wohnt die schwester', language: 'german' },
  { text: 'Où est la clé ?', words: 'où est la clé', folded: 'ou est la cle', language: 'french' },
  { text: '¿Dónde está la llave?', words: 'dónde está la llave', folded: 'donde esta la llave', language: 'spanish' },
  {
    text: 'Onde estão as chaves?',
    words: 'onde estão as chaves',
    folded: 'onde estao as chaves',
    language: 'portuguese',
  },
  { text: 'Dove sono le chiavi?', words: 'dove sono le chiavi', language: 'italian' },
  { text: 'Waar zijn de sleutels?', words: 'waar zijn de sleutels', language: 'dutch' },
  { text: 'Var är nycklarna?', words: 'var är nycklarna', folded: 'var ar nycklarna', language: 'swedish' },
];
