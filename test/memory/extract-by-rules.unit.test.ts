import { expect, it } from 'vitest';
import { extractByRules } from '../../functions/memory/extract-by-rules.ts';

const model = { provider: 'rehearsal', model: 'rehearsal' } as const;

it.each([
  ['用户必须先登录。这是一个测试。', '用户必须先登录。', 'rule'],
  ['हमेशा पहले परीक्षण चलाओ। यह नया है।', 'हमेशा पहले परीक्षण चलाओ।', 'rule'],
  ['Preferimos PostgreSQL a MySQL. Hace sol.', 'Preferimos PostgreSQL a MySQL.', 'preference'],
  ['Utilisez toujours des tabulations. Il pleut.', 'Utilisez toujours des tabulations.', 'rule'],
  ['يجب أن تكون الواجهة سريعة. هذا اختبار.', 'يجب أن تكون الواجهة سريعة.', 'rule'],
  ['আমরা টেস্ট চালাই। এটা নতুন।', 'আমরা টেস্ট চালাই।', 'convention'],
  ['Usamos TypeScript em tudo. Está sol.', 'Usamos TypeScript em tudo.', 'convention'],
  ['Никогда не удаляйте данные. Идёт дождь.', 'Никогда не удаляйте данные.', 'rule'],
  ['ہمیشہ پہلے ٹیسٹ چلاؤ۔ یہ نیا ہے۔', 'ہمیشہ پہلے ٹیسٹ چلاؤ۔', 'rule'],
  ['必ずテストを書くこと。今日は晴れ。', '必ずテストを書くこと。', 'rule'],
])('extracts from the task %s', (task, text, category) => {
  expect(extractByRules({ task, reports: [], model })).toEqual([{ origin: 'task', scope: 'tenant', category, text }]);
});

it.each([
  ['Wir haben uns für Redis entschieden. Fertig ist es.', 'decision'],
  ['Hemos decidido usar Redis. Hace sol.', 'decision'],
  ['我们决定使用缓存服务器。天气很好。', 'decision'],
  ['Оказалось, что порт занят. Идёт дождь.', 'lesson'],
])('extracts from the report %s', (text, category) => {
  const facts = extractByRules({ task: '', reports: [{ worker: 'backend', text }], model });
  expect(facts.map((fact) => [fact.scope, fact.category])).toEqual([
    ['sprint', category],
    ['worker', category],
  ]);
});
