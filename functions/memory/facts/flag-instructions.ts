/**
 * What a reader should know about a fact's text before he believes it. `instruction`: it reads like an order to a machine (attacks 95, 98). `invisible`: it
 * holds characters that nobody sees. A flagged fact is kept and shown with its flags: dropping it would hide the attempt from the person who has to find it.
 */
export function flagsOf(text: string): string[] {
  // A text that hides signs between its letters is read as a model would read it.
  const plain = text.normalize('NFKC').replaceAll(HIDDEN, '').replaceAll(/\s+/g, ' ');
  return [
    ...(INSTRUCTIONS.some((pattern) => pattern.test(plain)) ? ['instruction'] : []),
    ...(text.search(HIDDEN) >= 0 ? ['invisible'] : []),
  ];
}

const HIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}]/gu;

/** Each is linear in the text: no pattern repeats what another repetition may also take. */
const INSTRUCTIONS: readonly RegExp[] = [
  /\b(ignore|disregard|forget|override)\b.{0,40}\b(instruction|rule|prompt|above|previous|earlier|guideline)/i,
  /\b(always|never|must|only|blindly)\s(trust|obey|follow|believe|execute|install from|download from|send|forward)\b/i,
  /\byou (are now|must now|will now|have to obey)\b/i,
  /\b(system|developer|assistant) ?(prompt|message|instruction|override|:)/i,
  /<\/?\s?(system|assistant|user|memory|memories|instruction|tool|data)\b/i,
  /\b(do not|don't|never) (tell|inform|show|mention)\b.{0,30}\b(user|person|human|anybody|anyone)\b/i,
  /\b(reveal|print|send|post|upload|exfiltrate)\b.{0,40}\b(secret|password|token|api key|credential|system prompt)/i,
  /\b(store|remember|save)\b.{0,40}\bas (trusted|a rule|an instruction|system)\b/i,
];
