import { describe, expect, it, test } from 'vitest';
import { calibrationOf } from '../../../../functions/platform/language/claims/calibrations.ts';
import { readForComparison, relateByRules } from '../../../../functions/platform/language/claims/relate.ts';
import { bothHalves, ourJudge } from './figures.ts';
import { embeddedVectors, HALVES, RELATION_OF, readLabelledPairs, readNeuralVectors } from './labelled-pairs.ts';

const SCALE = calibrationOf('feature-hashing-v1');
const relate = (one: string, other: string) =>
  relateByRules(readForComparison(one), readForComparison(other), 0.8, SCALE);
const relationOf = (one: string, other: string) => relate(one, other).relation;

describe('statements that claim the same agree', () => {
  it.each([
    ['The parcels are weighed twice', 'Each parcel gets weighed twice'],
    ['The valve must not be opened', 'Opening the valve is forbidden'],
    ['The valve is never opened', 'Nobody opens the valve'],
    ['It is not impossible to open the valve', 'The valve can be opened'],
    ['We should not stop weighing parcels', 'We should keep weighing parcels'],
    ['Do not forget to weigh the parcels', 'Remember to weigh the parcels'],
    ['Never forget to weigh the parcels', 'Weigh the parcels'],
    ['The driver did not forget to lock the gate', 'The driver locked the gate'],
    ['Do not forget the spare key', 'Remember the spare key'],
    ['We must not forget that the key rusts', 'The key rusts'],
    ['Do not hesitate to call the guard', 'Call the guard'],
    ['Not just the gate but the lift was locked', 'The gate and the lift were locked'],
    ['The depot is cold, not to mention dark', 'The depot is cold and dark'],
    ['Vergiss nicht, das Tor nachts zu verriegeln', 'Das Tor ist nachts zu verriegeln'],
    ['There is no doubt that the scales are right', 'The scales are right'],
    ['The scales are unreliable', 'The scales are not reliable'],
    ['Steel pipes are cheaper than copper pipes', 'Copper pipes are more expensive than steel pipes'],
    ['The ramp holds 3 tons', 'The ramp holds three tons'],
    ['Revenue was 3 million dollars', 'Revenue was 3,000,000 dollars'],
    ['Revenue was 2.3 million dollars', 'Revenue was 2,300,000 dollars'],
    ['The toll brought two hundred thousand dollars', 'The toll brought 200,000 dollars'],
    ['The market day moved from Monday to Friday', 'From Monday to Friday the market day was moved'],
    ['Only drivers may open the gate', 'Only drivers are allowed to open the gate'],
    ['The toll is $5 per truck', 'The toll per truck is 5 dollars'],
    ['No consensus was reached on the toll', 'The group did not reach consensus on the toll'],
    ['Die Waage ist nicht genau', 'Die Waage ist nicht sehr genau'],
  ])('%s / %s', (one, other) => {
    expect(relationOf(one, other)).toBe('agree');
    expect(relationOf(other, one)).toBe('agree');
  });
});

describe('statements that cannot both be right deny each other', () => {
  it.each([
    ['The parcels are weighed twice', 'The parcels are not weighed twice'],
    ['The depot weighs the parcels', 'Parcels are not weighed by the depot'],
    ['Drivers must lock the gate', 'Drivers must never lock the gate'],
    ['The gate should be locked at night', 'Locking the gate at night should be avoided'],
    ['The gate always closes', 'The gate never closes'],
    ['The driver forgot to lock the gate', 'The driver locked the gate'],
    ['Do not forget to lock the gate', 'Do not lock the gate'],
    ['All drivers have a key', 'None of the drivers has a key'],
    ['Both gates were locked', 'Neither gate was locked'],
    ['The scales are reliable', 'The scales are unreliable'],
    ['The new scales are faster', 'The new scales are slower'],
    ['Steel pipes are cheaper than copper pipes', 'Copper pipes are cheaper than steel pipes'],
    ['The ramp holds 3 tons', 'The ramp holds 12 tons'],
    ['Revenue was 3 million dollars', 'Revenue was 4,000,000 dollars'],
    ['The API listens on port 8080', 'The API listens on port 8081'],
    ['The meeting is in room 3', 'The meeting is in room 4'],
    ['We order 5 pumps', 'We order 6 pumps'],
    ['The stall moved from the north hall to the south hall', 'The stall moved from the south hall to the north hall'],
    ['The market day moved from Monday to Friday', 'The market day moved from Friday to Monday'],
    ['Only drivers may open the gate', 'Anyone may open the gate'],
    ['The round takes eleven hours', 'The round takes forty hours'],
    ['A consensus was reached on the toll', 'No consensus was reached on the toll'],
    ['It is not impossible to open the valve', 'It is impossible to open the valve'],
    ['The depot uses Ohm scales', 'The depot switched from Ohm scales to a belt'],
    ['Die Waage ist genau', 'Die Waage ist nicht genau'],
    ['Le portail est fermé la nuit', "Le portail n'est jamais fermé la nuit"],
    [
      'The depot was built in 1990. The gate is locked at night. Trucks wait outside.',
      'The gate is not locked at night. Drivers complain about the cold.',
    ],
  ])('%s / %s', (one, other) => {
    expect(relationOf(one, other)).toBe('deny');
    expect(relationOf(other, one)).toBe('deny');
  });
});

describe('the same words about something else are unrelated', () => {
  it.each([
    ['The north gate is locked at night', 'The south gate is locked at night'],
    ['The north gate is locked at night', 'The south gate is not locked at night'],
    ['The north gate is locked by the guard', 'It is the guard who locks the south gate'],
    ['The ramp holds 3 tons', 'The lift holds 12 tons'],
    ['Invoice 1041 was paid', 'Invoice 1042 was paid'],
    ['Invoice 1041 was paid', 'Nobody paid for invoice 1042'],
    ['Ticket #12 is closed', 'Ticket #13 is closed'],
    ['Room 3 is booked', 'Room 4 is booked'],
    ['The scales were replaced in May', 'The scales were built in Norway'],
    ['Is the gate locked at night?', 'The gate is locked at night'],
  ])('%s / %s', (one, other) => {
    expect(relationOf(one, other)).toBe('unrelated');
    expect(relationOf(other, one)).toBe('unrelated');
  });
});

test('a negation of something that the other statement does not speak of denies nothing', () => {
  expect(relationOf('The gate is locked at night', 'The gate is locked at night because nobody watches')).toBe('agree');
});

test('tells the reason of each relation', () => {
  expect(relate('The new scales are faster', 'The new scales are slower').reason).toBe(
    'Opposites: “faster” and “slower”.',
  );
  expect(relate('The weight limit of the ramp is 3 tons', 'The ramp has a weight limit of 12 tons').reason).toBe(
    '3 and 12 exclude each other.',
  );
  expect(relate('The parcels are weighed twice', 'Each parcel gets weighed twice').reason).toBe(
    'Both speak of parcels, weighed, twice.',
  );
});

test('the halves of the labelled pairs are balanced by class and have no pair in common', () => {
  const [tuning, judging] = HALVES.map(readLabelledPairs);
  const count = (half: typeof tuning, label: string) => half?.filter((pair) => pair.class === label).length ?? 0;
  for (const label of Object.keys(RELATION_OF)) {
    expect(Math.abs(count(tuning, label) - count(judging, label))).toBeLessThanOrEqual(1);
    expect(count(judging, label)).toBeGreaterThanOrEqual(30);
  }
  const ids = new Set(tuning?.map(({ id }) => id));
  expect(judging?.filter(({ id }) => ids.has(id))).toEqual([]);
});

test('on the judging half F1 is 0.9 or more for each relation, with neural vectors and with local ones', async () => {
  for (const { model, vectorOf } of [readNeuralVectors(), await embeddedVectors()]) {
    const { judging } = bothHalves(ourJudge(vectorOf, calibrationOf(model)));
    expect(judging.agree.f1, `${model}: agree`).toBeGreaterThanOrEqual(0.9);
    expect(judging.deny.f1, `${model}: deny`).toBeGreaterThanOrEqual(0.9);
    expect(judging.unrelated.f1, `${model}: unrelated`).toBeGreaterThanOrEqual(0.9);
  }
});
