import { describe, expect, test } from 'vitest';
import { extractPreferences } from '../../../functions/memory/preferences/extract-preferences.ts';

const wishes = (text: string) => extractPreferences(text).map(({ field, value }) => `${field}=${value}`);

describe('a wish in the own language of the user', () => {
  test.each([
    ['Utilise PostgreSQL. Je préfère les réponses brèves.', ['coding.database=postgresql', 'output.verbosity=brief']],
    ['Réponds-moi toujours en français.', ['output.language=french']],
    ['Verwende pnpm. Antworte bitte auf Deutsch!', ['tooling.packages=pnpm', 'output.language=german']],
    ['Prefiero Python. Responde en español.', ['coding.language=python', 'output.language=spanish']],
    ['Rispondi in italiano. Preferisco risposte concise.', ['output.language=italian', 'output.verbosity=brief']],
    ['Используй Kotlin. Отвечай на русском.', ['coding.language=kotlin', 'output.language=russian']],
    [
      'استخدم SQLite. أجب بالعربية. أفضل الإجابات القصيرة.',
      ['coding.database=sqlite', 'output.language=arabic', 'output.verbosity=brief'],
    ],
    [
      'Pythonを使ってください。簡潔な回答が好きです。日本語で答えてください。',
      ['coding.language=python', 'output.verbosity=brief', 'output.language=japanese'],
    ],
    ['请使用 MySQL。请用中文回答。', ['coding.database=mysql', 'output.language=chinese']],
    ['TypeScript를 사용해 주세요. 한국어로 답해 주세요.', ['coding.language=typescript', 'output.language=korean']],
  ])('%s', (text, expected) => {
    expect(wishes(text)).toEqual(expected);
  });
});

test.each([
  "N'utilise pas Python.",
  'Ne me donne jamais de réponses courtes.',
  'Sans Django, je préfère Angular ?',
  'Verwende nicht Python.',
  'Prefiero no usar Python.',
  'لا تستخدم Python. لا أفضل الإجابات القصيرة.',
  'Pythonを使わないでください。',
  '不要使用 MySQL。',
  'Python을 사용하지 마세요, 않아요.',
  'Écris les commentaires en français.',
  'コメントは日本語で書いてください。',
  'Mon frère habite à Bordeaux.',
  'Si tu utilise Python, dis-le.',
])('takes no wish from: %s', (text) => {
  expect(wishes(text)).toEqual([]);
});
