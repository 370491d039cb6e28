import { expect, test } from 'vitest';
import { type Label, marksOf, overlap, placeLabels, titlesOf } from '../../../../web/rooms/village/picture/labels.ts';
import { layOut } from '../../../../web/rooms/village/picture/layout.ts';
import { widthOf } from '../../../../web/rooms/village/picture/text-width.ts';
import { statement } from './example.ts';
import { sceneOfVillage, villageOf } from './growing.ts';

/** The labels of a village on a ground of this width, in pixels of a picture that is so many times as wide. */
async function labelled(agents: number, statements: number, width: number, scale: number) {
  const village = villageOf(agents, statements);
  const [one, other] = village.statements.map(({ agent }) => agent);
  village.statements.push(
    statement(one?.name ?? '', 'table', { realm: 'bridge', sides: [one, other].flatMap((side) => side ?? []) }),
    statement('hermit', 'room', { realm: 'private' }),
  );
  const scene = sceneOfVillage(village);
  const layout = await layOut(scene, width, new AbortController().signal);
  if (layout === undefined) throw new Error('The layout was aborted');
  const places = new Map([...layout.places].map(([id, { x, y }]) => [id, { x: x * scale, y: y * scale }]));
  const titles = titlesOf(layout, scale);
  const field = { width: width * scale, height: layout.height * scale, titles };
  const marks = [...marksOf(scene, places), ...titles];
  return { scene, field, marks, labels: placeLabels(scene, places, field, ({ name }) => name) };
}
const shown = (labels: ReadonlyMap<string, Label>) => [...labels.values()].filter(({ form }) => form !== 'hidden');

test.each([
  [5, 12, 960, 1],
  [10, 30, 640, 1.2],
  [20, 80, 640, 1.2],
  [40, 120, 640, 1.2],
  [40, 120, 960, 1],
  [10, 30, 360, 1],
  [40, 120, 360, 1],
])('labels of %i agents with %i statements cover neither each other nor a mark (%i wide, ×%f)', async (...size) => {
  const { scene, labels, marks, field } = await labelled(...size);
  expect(labels.size).toBe(scene.agents.length + scene.agreements.length + scene.tensions.length);
  const boxes = shown(labels);
  for (const [at, box] of boxes.entries()) {
    const covered = [...boxes.slice(at + 1), ...marks].filter((other) => overlap(box, other));
    expect(covered, JSON.stringify(box)).toEqual([]);
    expect(box.x - box.width / 2).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width / 2).toBeLessThanOrEqual(field.width);
    expect(box.y + box.height / 2).toBeLessThanOrEqual(field.height);
  }
  // What has no place is shown on focus; it is the least of it.
  expect(boxes.length).toBeGreaterThan(0.65 * labels.size);
});

test('in a small village every label is whole', async () => {
  const { labels } = await labelled(5, 12, 960, 1);
  expect([...labels.values()].filter(({ form }) => form !== 'whole')).toEqual([]);
});

test('the widths of texts are those of the typeface or a little more', () => {
  expect(widthOf('')).toBe(0);
  expect(widthOf('Release notes go out on Tuesdays')).toBeGreaterThan(175);
  expect(widthOf('Release notes go out on Tuesdays')).toBeLessThan(240);
  expect(widthOf('発表は火曜日')).toBeGreaterThanOrEqual(6 * 12);
});
