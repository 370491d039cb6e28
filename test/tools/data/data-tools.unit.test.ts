import { describe, expect, test } from 'vitest';
import { convertData } from '../../../functions/tools/data/convert-data.ts';
import { formatJson } from '../../../functions/tools/data/format-json.ts';
import { answerOf } from '../tool-answer.ts';

describe('format_json', () => {
  const format = (json: string, more = {}) => answerOf(formatJson, { json, ...more });

  test('indents, compacts and sorts, and changes no digit of a number', async () => {
    const json = '{"b":1.0,"a":[12345678901234567890,{"z":1e400,"y":"\\u0041"}]}';
    expect(await format(json, { indent: 0 })).toBe('{"b":1.0,"a":[12345678901234567890,{"z":1e400,"y":"A"}]}');
    expect(await format(json, { sort_keys: true, indent: 1 })).toBe(
      '{\n "a": [\n  12345678901234567890,\n  {\n   "y": "A",\n   "z": 1e400\n  }\n ],\n "b": 1.0\n}',
    );
    expect(await format('{"__proto__":{"x":1},"constructor":2}', { indent: 0, sort_keys: true })).toBe(
      '{"__proto__":{"x":1},"constructor":2}',
    );
  });

  test.each([
    ['{"b":1,}', 'line 1 column 8'],
    ['', 'Unexpected end of JSON input'],
    [`${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'it is nested too deeply'],
  ])('says what is wrong with %.20s', async (json, reason) => {
    expect(await format(json)).toMatch(new RegExp(`^! The text is not valid JSON: .*${reason}`));
  });
});

describe('convert_data', () => {
  const convert = async (from: string, to: string, data: string, more = {}) => {
    const [report, ...rest] = (await answerOf(convertData, { data, from, to, ...more })).split('\n\n');
    return { report, text: rest.join('\n\n') };
  };

  test('reads CSV with quotes, semicolons and a byte order mark, and reports faulty rows', async () => {
    const csv = '\ufeffname;age;name\r\nAda;36;x\r\nBob;007\r\n\r\n"C;D";1.50;"a\r\nb";z';
    const { report, text } = await convert('csv', 'json', csv, { read_numbers: true });
    expect(report).toBe(
      '3 rows, 3 columns (delimiter: semicolon). Rows with other than 3 cells: row 2 has 2, row 3 has 4; missing cells are empty, further ones dropped.',
    );
    expect(JSON.parse(text)).toEqual([
      { name: 'Ada', age: 36, name_2: 'x' },
      { name: 'Bob', age: '007', name_2: '' },
      { name: 'C;D', age: 1.5, name_2: 'a\r\nb' },
    ]);
  });

  test('leaves every cell a text unless numbers are asked for', async () => {
    expect(JSON.parse((await convert('csv', 'json', 'a,b\n1,true')).text)).toEqual([{ a: '1', b: 'true' }]);
    const numbers = (await convert('csv', 'json', 'a,b,c\n1e5,true,12345678901234567', { read_numbers: true })).text;
    expect(JSON.parse(numbers)).toEqual([{ a: '1e5', b: true, c: '12345678901234567' }]);
  });

  test('writes a list of objects as CSV with the columns of all rows', async () => {
    const json = '[{"a":1,"b":{"x":[1]}},{"a":12345678901234567890,"c":"x,\\"y","__proto__":null}]';
    expect(await convert('json', 'csv', json)).toEqual({
      report: '2 rows, 4 columns.',
      text: 'a,b,c,__proto__\n1,"{""x"":[1]}",,\n12345678901234567890,,"x,""y",',
    });
  });

  test('converts YAML both ways, with names of prototypes as data', async () => {
    const { text } = await convert('yaml', 'json', 'a: 1\nb: [yes, ~]\n__proto__: {z: 1}\n');
    expect(text).toBe('{\n  "a": 1,\n  "b": [\n    "yes",\n    null\n  ],\n  "__proto__": {\n    "z": 1\n  }\n}');
    expect((await convert('json', 'yaml', '{"n":12345678901234567890,"t":"yes","v":"1"}')).text).toBe(
      'n: 12345678901234567890\nt: yes\nv: "1"\n',
    );
  });

  test.each([
    ['csv', 'json', 'a,b\n"1,2', 'a quotation mark is not closed or misplaced in row 1'],
    ['csv', 'json', '', 'it has no header line'],
    ['csv', 'json', ','.repeat(1_000), 'it has more than 1000 columns'],
    ['json', 'csv', '[1,2]', 'only a list of objects becomes a table'],
    ['json', 'yaml', '{', 'JSON'],
    ['csv', 'yaml', 'a,b\n'.repeat(10_000), 'it is too large to be written as YAML'],
    ['yaml', 'json', 'c: !exec ls', 'Unresolved tag: !exec'],
    ['yaml', 'json', 'a: [', 'Flow sequence'],
    ['yaml', 'json', `a: &a [x]\nb: &b [${'*a, '.repeat(60)}]\nc: [${'*b, '.repeat(60)}]`, 'alias'],
    ['yaml', 'json', 'x'.repeat(20_001), 'it has more than 20000 characters'],
  ])('says why %s cannot become %s: %.30s', async (from, to, data, reason) => {
    expect((await convert(from, to, data)).report).toMatch(
      new RegExp(`^! The data cannot be converted from ${from} to ${to}: .*${reason}`),
    );
  });
});
