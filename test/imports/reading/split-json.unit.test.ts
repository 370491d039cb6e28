import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BrokenJson, JsonSplitter, type RawItem } from '../../../functions/imports/reading/split-json.ts';

const isList = (key: string) => key === 'list';

function split(text: string, sizes: readonly number[] = [], longest = 1_000): RawItem[] {
  const splitter = new JsonSplitter(isList, longest);
  const items: RawItem[] = [];
  let at = 0;
  for (const size of sizes) {
    items.push(...splitter.push(text.slice(at, at + size)));
    at += size;
  }
  items.push(...splitter.push(text.slice(at)));
  splitter.end();
  return items;
}

const values = (items: readonly RawItem[]) => items.map(({ text }) => JSON.parse(text ?? 'null'));

test('finds the elements of any array as JSON.parse does, wherever the text is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat(20)), fc.constantFrom(undefined, 2), (list, sizes, space) => {
      expect(values(split(JSON.stringify(list, undefined, space), sizes, 1e6))).toEqual(
        JSON.parse(JSON.stringify(list)),
      );
    }),
  );
});

test('finds the members of any object with their keys', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue()).filter((value) => !('list' in value));
  fc.assert(
    fc.property(object, fc.array(fc.nat(20)), (value, sizes) => {
      const text = JSON.stringify(value);
      const found = split(text, sizes, 1e6).map(({ key, text: member }) => [key, JSON.parse(member ?? '')]);
      expect(found).toEqual(Object.entries(JSON.parse(text)));
    }),
  );
});

test('takes the elements of a named list one by one, and any other list as a whole', () => {
  const items = split('{"version": "1", "list": [{"a": "]}"}, 2], "other": [1, 2], "last": null}');
  expect(items.map(({ key, isListed, text }) => [key, isListed, text])).toEqual([
    ['version', false, '"1"'],
    ['list', true, '{"a": "]}"}'],
    ['list', true, '2'],
    ['other', false, '[1, 2]'],
    ['last', false, 'null'],
  ]);
});

test('hands over the items before the place where the text stops being JSON', () => {
  for (const [text, items, what] of [
    ['[1, {"a": 2}, {"a"', 2, 'it ends in the middle'],
    ['[1, 2', 1, 'it ends in the middle'],
    ['{"a": 1, b: 2}', 1, 'a name in quotes is missing'],
    ['{"a" 1}', 0, 'a colon is missing'],
    ['[1, 2} ', 2, '} is out of place'],
    ['[1] [2]', 1, 'something follows its end, and a file holds one object or array'],
    ['', 0, 'it is empty'],
    ['NaN', 0, 'it is neither an object nor an array'],
  ] as const) {
    const splitter = new JsonSplitter(isList, 1_000);
    const found: RawItem[] = [];
    const read = () => {
      for (const item of splitter.push(text)) found.push(item);
      splitter.end();
    };
    expect(read, text).toThrow(BrokenJson);
    expect(read, text).toThrow(text === '[1] [2]' ? /follows|ends|out of place/ : /./);
    expect(() => split(text), text).toThrow(what);
    expect(found.length, text).toBeGreaterThanOrEqual(items);
  }
});

test('leaves out an item that is too long or nested too deep, and goes on', () => {
  const deep = '['.repeat(101) + ']'.repeat(101);
  const items = split(`[1, "${'x'.repeat(2_000)}", ${deep}, 2]`, [1, 500, 500]);
  expect(items.map(({ text, fault }) => fault ?? text)).toEqual([
    '1',
    'It has more than 1000 characters.',
    'It is nested more than 100 levels deep.',
    '2',
  ]);
});
