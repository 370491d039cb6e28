/**
 * Words before a colon that are no speaker: labels of notes, of e-mails and of records. In lower case. A line that
 * starts with one belongs to the message around it.
 */
const LABELS = new Set(
  `note notes nb n.b ps p.s pps todo to-do fyi btw re fw fwd aw wg subject from to cc bcc date sent http https ftp mailto warning tip
example examples e.g eg i.e ie edit update source sources link links url result results summary agenda topic topics title tag tags status deadline price
total subtotal hint important attention reminder address phone tel fax mobile email e-mail mail time place location name age birthday city
country when where what who why how attachment attachments attendees participants present absent action actions decision decisions
conclusion introduction background goal goals context requirements description output input error errors code version author abstract keywords
references chapter figure table step pros cons tldr tl;dr p.s. day days ingredients
notiz notizen hinweis achtung wichtig betreff datum gesendet beispiel quelle ergebnis zusammenfassung titel thema anhang ort zeit uhrzeit adresse telefon
nota notas ojo importante asunto fecha enviado ejemplo fuente resumen título tema dirección teléfono lugar hora remarque attention objet envoyé exemple
source résumé titre sujet adresse téléphone lieu heure assunto data exemplo fonte resumo endereço telefone oggetto inviato esempio fonte indirizzo telefono
uwaga temat opmerking onderwerp verzonden примечание важно внимание тема дата пример источник итог адрес телефон
注意 備考 备注 備註 注 メモ 例 附 重要 主题 主題 件名 差出人 宛先 日時 発件人 发件人 收件人 日期 时间 地点 地址 电话 链接 参考 ملاحظة ملاحظات تنبيه مثال الموضوع التاريخ नोट ध्यान उदाहरण विषय
نوٹ مثال موضوع নোট উদাহরণ বিষয়`
    .split(/\s+/)
    .concat(['first name', 'last name', 'action items', 'next steps', 'to do', 'best regards', 'kind regards']),
);

/** The labels of an e-mail's head; two of them at the start of a text make it an e-mail. */
const MAIL = new Set(
  `from to cc bcc subject date sent reply-to message-id von an betreff datum gesendet de para asunto assunto fecha data enviado à objet envoyé oggetto da inviato от кому тема
дата 发件人 收件人 主题 日期 差出人 宛先 件名 日時 من إلى الموضوع التاريخ`.split(/\s+/),
);

/** Small words inside a name, such as "de" in "María de la Cruz". */
const PARTICLES = new Set(
  'de da do dos das di del della la le les van von der den zu bin ibn bint al el y e i af av of the and und et & +'.split(
    ' ',
  ),
);

const NAME =
  /^[\p{L}\p{N}@#~+*\p{Extended_Pictographic}](?:[\p{L}\p{M}\p{N}\p{Extended_Pictographic} .,_'’ʼ´·・#@&/+()-]|\p{Cf})*$/u;
const LONGEST_NAME = 80;
const MOST_WORDS = 6;

/** Returns whether a text can be the name of a speaker in a line that has a time or other marks of a transcript. */
export function canBeName(name: string): boolean {
  return (
    name !== '' && name.length <= LONGEST_NAME && NAME.test(name) && /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(name)
  );
}

/** Returns whether a text is a label and not the name of a speaker. */
export function isLabel(name: string): boolean {
  return LABELS.has(name.toLowerCase().replace(/(?<![ .])[ .]+$/, ''));
}

export function isMailLabel(name: string): boolean {
  return MAIL.has(name.toLowerCase());
}

/**
 * Returns whether a text before a colon looks like the name of a speaker, in a line without any other mark: it starts
 * with a letter, is no label, and its words are written like those of a name ("Dr. Anna de la Cruz", "Speaker 1",
 * 小明), not like those of a sentence.
 */
export function looksLikeName(name: string): boolean {
  if (!canBeName(name) || !/^[\p{L}@]/u.test(name) || isLabel(name)) return false;
  const words = name.replace(/ ?\([^()]*\)$/, '').split(/ +/);
  if (words.length > MOST_WORDS) return false;
  if (words.length === 1) return !name.includes('/');
  return words.every((word) => !/^\p{Ll}/u.test(word) || PARTICLES.has(word) || /^\p{Ll}{1,2}['’]\p{Lu}/u.test(word));
}

/** Returns whether a text of at most three words may be a name that is written in small letters. */
export function mayBeName(name: string): boolean {
  return canBeName(name) && /^\p{L}/u.test(name) && !isLabel(name) && name.split(/ +/).length <= 3;
}

/** Returns whether a name starts with a small letter of a script that has capital letters. */
export function startsSmall(name: string): boolean {
  return /^\p{Ll}/u.test(name);
}
