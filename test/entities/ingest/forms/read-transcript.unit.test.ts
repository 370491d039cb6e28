import { describe, expect, it } from 'vitest';
import { NO_SPEAKER, readTranscript } from '../../../../functions/entities/ingest/forms/read-transcript.ts';
import { expectLinear, repeated } from '../../../support/growth.ts';

const NOW = '2026-11-29T12:00:00Z';
const read = (text: string) => readTranscript(text, NOW);
const said = (text: string) => read(text).turns.map(({ speaker, text: words }) => `${speaker}: ${words}`);
const times = (text: string) => read(text).turns.map(({ said_at }) => said_at);

const TWO = ['Greta: Ich habe 2 Katzen', 'Noor: I like tea'];

describe('recognises', () => {
  it.each([
    [
      'the archive',
      '[2026-02-03T10:00:00+02:00] Greta: Ich habe 2 Katzen\n[2026-02-03T10:01:00.250Z] Noor: I like tea',
    ],
    ['WhatsApp on Android', '30/01/2026, 14:32 - Greta: Ich habe 2 Katzen\n30/01/2026, 14:33 - Noor: I like tea'],
    [
      'WhatsApp on Android, US',
      '1/30/26, 2:32 PM - Greta: Ich habe 2 Katzen\n1/30/26, 2:33\u202fPM - Noor: I like tea',
    ],
    ['WhatsApp on iOS', '[30.01.26, 14:32:10] Greta: Ich habe 2 Katzen\n\u200e[30.01.26, 14:33:10] Noor: I like tea'],
    ['WhatsApp Web', '[14:32, 30/1/2026] Greta: Ich habe 2 Katzen\n[14:33, 30/1/2026] Noor: I like tea'],
    ['WhatsApp in Spanish', '30/1/26, 2:32 p. m. - Greta: Ich habe 2 Katzen\n30/1/26, 2:33 p. m. - Noor: I like tea'],
    ['WhatsApp in Finnish', '30.1.2026 klo 14.32 - Greta: Ich habe 2 Katzen\n30.1.2026 klo 14.33 - Noor: I like tea'],
    [
      'WhatsApp in Chinese',
      '[2026/1/30 下午2:32:10] Greta: Ich habe 2 Katzen\n[2026/1/30 下午2:33:10] Noor: I like tea',
    ],
    [
      'WhatsApp in Korean',
      '2026. 1. 30. 오후 2:32 - Greta: Ich habe 2 Katzen\n2026. 1. 30. 오후 2:33 - Noor: I like tea',
    ],
    ['KakaoTalk', '[Greta] [오후 2:32] Ich habe 2 Katzen\n[Noor] [오후 2:33] I like tea'],
    ['LINE', '14:32\tGreta\tIch habe 2 Katzen\n14:33\tNoor\tI like tea'],
    ['Slack', 'Greta  10:02 AM\nIch habe 2 Katzen\nNoor  10:03 AM\nI like tea'],
    ['Slack with the time below', 'Greta\n  10:02 AM\nIch habe 2 Katzen\nNoor\nYesterday at 10:03 AM\nI like tea'],
    ['Slack with brackets', 'Greta  [10:02 AM]\nIch habe 2 Katzen\nNoor  [10:03 AM]\nI like tea'],
    ['Discord', 'Greta — Today at 10:02 AM\nIch habe 2 Katzen\nNoor — 01/30/2026 2:32 PM\nI like tea'],
    ['a Discord export', '[30-Jan-26 02:32 PM] Greta\nIch habe 2 Katzen\n\n[30-Jan-26 02:33 PM] Noor\nI like tea\n'],
    ['Telegram', 'Greta, [30.01.26 14:32]\nIch habe 2 Katzen\n\nNoor, [30.01.26 14:33]\nI like tea'],
    [
      'Telegram with named months',
      'Greta, [30 Jan 2026 at 14:32:10]:\nIch habe 2 Katzen\n\nNoor, [30 Jan 2026 at 14:33:10]:\nI like tea',
    ],
    ['a Teams chat', '[10:02 AM] Greta\nIch habe 2 Katzen\n\n[10:03 AM] Noor\nI like tea'],
    ['a Teams meeting', 'Greta   0:03\nIch habe 2 Katzen\n\nNoor   0:10\nI like tea'],
    ['a Teams document', '0:0:0.0 --> 0:0:1.510\nGreta\nIch habe 2 Katzen\n\n0:0:2.0 --> 0:0:3.5\nNoor\nI like tea'],
    ['a Zoom recording', '[00:01:02] Greta: Ich habe 2 Katzen\n[00:01:09] Noor: I like tea'],
    ['a Zoom chat', '10:15:32 From Greta to Everyone: Ich habe 2 Katzen\n10:15:40 From  Noor : I like tea'],
    [
      'a new Zoom chat',
      '10:15:32 From Greta to Everyone:\n\tIch habe 2 Katzen\n10:15:40 From Noor to Greta:\n\tI like tea',
    ],
    [
      'WebVTT',
      'WEBVTT - Call\n\nNOTE x\n\n00:01.000 --> 00:04.000 align:start\n<v.loud Greta>Ich habe <i>2</i> Katzen</v>\n\n00:04.000 --> 00:05.000\n<v Noor>I like tea',
    ],
    [
      'WebVTT of Zoom',
      'WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000\nGreta: Ich habe 2 Katzen\n\n2\n00:00:04.000 --> 00:00:05.000\nNoor: I like tea',
    ],
    [
      'SRT',
      '1\n00:00:01,000 --> 00:00:04,000\nGreta: Ich habe 2 Katzen\n\n2\n00:00:04,000 --> 00:00:05,000\nNoor: I like tea',
    ],
    ['IRC', '[10:32] <@Greta> Ich habe 2 Katzen\n[10:33] <Noor> I like tea'],
    ['bold names', '**Greta:** Ich habe 2 Katzen\n**Noor**: I like tea'],
    ['a time behind the name', 'Greta (10:32): Ich habe 2 Katzen\nNoor (10:33): I like tea'],
    ['a time before the name', '10:32 Greta: Ich habe 2 Katzen\n10:33 Noor: I like tea'],
    ['a list', '- Greta: Ich habe 2 Katzen\n- Noor: I like tea\n- Greta:'],
    ['a full-width colon', 'Greta：Ich habe 2 Katzen\nNoor：I like tea'],
    ['a space before the colon', 'Greta : Ich habe 2 Katzen\nNoor\u00a0: I like tea'],
    ['Windows line breaks', 'Greta: Ich habe 2 Katzen\r\nNoor: I like tea\r\n'],
    [
      'Slack as JSON',
      JSON.stringify([
        {
          type: 'message',
          user: 'U1',
          text: 'Ich habe 2 Katzen',
          ts: '1683900000.000100',
          user_profile: { real_name: 'Greta' },
        },
        { type: 'message', user: 'Noor', text: 'I like tea', ts: '1683900060.000100' },
      ]),
    ],
    [
      'Telegram as JSON',
      JSON.stringify({
        name: 'x',
        messages: [
          {
            id: 1,
            type: 'message',
            date: '2026-01-30T14:32:10',
            from: 'Greta',
            text: ['Ich habe ', { type: 'bold', text: '2' }, ' Katzen'],
          },
          { id: 2, type: 'service', date: '2026-01-30T14:32:11', actor: 'Noor', text: '' },
          { id: 3, type: 'message', date: '2026-01-30T14:32:12', from: 'Noor', text: 'I like tea' },
        ],
      }),
    ],
    [
      'Discord as JSON',
      JSON.stringify({
        messages: [
          {
            timestamp: '2026-01-30T14:32:10.1+02:00',
            content: 'Ich habe 2 Katzen',
            author: { id: '1', name: 'g', nickname: 'Greta' },
          },
          { timestamp: '2026-01-30T14:33:10.1+02:00', content: 'I like tea', author: { id: '2', name: 'Noor' } },
        ],
      }),
    ],
  ])('%s', (_name, text) => expect(said(text)).toEqual(TWO));

  it('names in any script, with titles, marks and particles', () => {
    const names = [
      'Dr. Müller',
      'Ludwig van Beethoven',
      "Jean d'Arc",
      'Anna (Guest)',
      'प्रिया',
      'น้ำ',
      'ليلى',
      'علی‌رضا',
      '王 小明',
      'דנה',
    ];
    expect(said(names.map((name) => `${name}: I live here`).join('\n'))).toEqual(
      names.map((name) => `${name}: I live here`),
    );
  });

  it('speakers who are only numbered or lettered', () => {
    expect(said('Q: Where?\nA: In Rome\nSpeaker 1: ok\n[SPEAKER_02]: yes')).toEqual([
      'Q: Where?',
      'A: In Rome',
      'Speaker 1: ok\n[SPEAKER_02]: yes',
    ]);
    expect(said('Weekly sync\nFri, May 12, 2023\n\nSpeaker 1  0:12\nHi\n\nSpeaker 2  0:20\nYo')).toEqual([
      `${NO_SPEAKER}: Weekly sync\nFri, May 12, 2023`,
      'Speaker 1: Hi',
      'Speaker 2: Yo',
    ]);
  });

  it('a copied conversation with an assistant', () => {
    expect(said('You said:\nI live in Rome\nChatGPT said:\nNice')).toEqual(['user: I live in Rome', 'assistant: Nice']);
  });

  it('its own archive with pictures', () => {
    expect(read('[2026-02-03T10:00:00Z] Greta: see\nthis\n  [picture: a [red] cat]').turns).toEqual([
      { speaker: 'Greta', text: 'see\nthis', caption: 'a [red] cat', said_at: '2026-02-03T10:00:00Z' },
    ]);
  });
});

describe('keeps as words of the speaker before', () => {
  const inside = 'Note: buy milk\nhttps://x.y: z\n12:30 lunch\nMilk: 2\n[1] **see**';
  it.each([
    ['names', (text: string) => `Greta: ${text}\nNoor: I like tea\nGreta: bye`],
    [
      'times in brackets',
      (text: string) => `[00:01:02] Greta: ${text}\n[00:01:09] Noor: I like tea\n[00:01:10] Greta: bye`,
    ],
    [
      'dates',
      (text: string) =>
        `30/01/2026, 14:32 - Greta: ${text}\n30/01/2026, 14:33 - Noor: I like tea\n30/01/2026, 14:34 - Greta: bye`,
    ],
    ['times before names', (text: string) => `10:32 Greta: ${text}\n10:33 Noor: I like tea\n10:34 Greta: bye`],
  ])('lines that are no speakers, between %s', (_form, make) => {
    expect(said(make(`see\n${inside}`))).toEqual([`Greta: see\n${inside}`, 'Noor: I like tea', 'Greta: bye']);
  });

  it('lines of another form, so that a quoted transcript has no speakers', () => {
    const quoted = '[00:01:02] Carl: quoted\n**Dora:** quoted\nEve: quoted';
    expect(said(`30/01/2026, 14:32 - Greta: see\n${quoted}\n30/01/2026, 14:33 - Noor: ok`)).toEqual([
      `Greta: see\n${quoted}`,
      'Noor: ok',
    ]);
  });
});

describe('gives to nobody', () => {
  it.each([
    [
      'lines of the program',
      '30/01/2026, 14:31 - Messages are encrypted.\n30/01/2026, 14:32 - Greta: hi',
      'Messages are encrypted.',
    ],
    [
      'a changed subject',
      '30/01/2026, 14:31 - Noor created group "Trip: Rome"\n30/01/2026, 14:32 - Greta: hi',
      'Noor created group "Trip: Rome"',
    ],
    ['a title', 'Chat: Family\n[00:01:02] Greta: hi\n[00:01:03] Noor: hi', 'Chat: Family'],
    ['prose', 'I live in Rome and work as a baker.', 'I live in Rome and work as a baker.'],
    ['an e-mail', 'From: Greta <g@example.com>\nTo: Noor\nSubject: Rome\n\nI live in Rome.', undefined],
    ['a German e-mail', 'Von: Greta\nGesendet: Montag\nAn: Noor\nBetreff: Rom\n\nIch wohne in Rom.', undefined],
    ['subtitles without names', '1\n00:00:01,000 --> 00:00:04,000\nI live in Rome', 'I live in Rome'],
  ])('%s', (_name, text, words = text) =>
    expect(read(text).turns[0]).toMatchObject({ speaker: NO_SPEAKER, text: words }),
  );
});

it.each([
  ['a record', 'Pet: Tom\nCity: Rome\nTown: no\nTrade: baker'.replace('Pet', 'Name')],
  ['Markdown', '# Shopping\n\n- Milk: two\n\nMore: text here'],
  ['a list of things', '- Milk: 2 litres\n- Eggs: a dozen'],
  ['an entry of a diary', '12:30 lunch'],
])('422: refuses %s, because it does not say who spoke', (_name, text) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ kind: 'invalid-request', message: expect.stringContaining('WhatsApp') }),
  );
});

describe('dates', () => {
  it.each([
    [
      'a day above 12',
      '05/04/2026, 10:00 - A: x\n25/04/2026, 10:01 - B: y',
      ['2026-04-05T10:00:00Z', '2026-04-25T10:01:00Z'],
    ],
    [
      'a month above 12',
      '05/04/2026, 10:00 - A: x\n05/14/2026, 10:01 - B: y',
      ['2026-05-04T10:00:00Z', '2026-05-14T10:01:00Z'],
    ],
    ['the future', '05/12/2026, 10:00 - A: x', ['2026-05-12T10:00:00Z']],
    [
      'the order of the turns',
      '05/04/2026, 10:00 - A: x\n06/04/2026, 9:00 - B: y\n05/05/2026, 9:00 - B: z',
      ['2026-04-05T10:00:00Z', '2026-04-06T09:00:00Z', '2026-05-05T09:00:00Z'],
    ],
    ['points, which no country writes between month and day', '05.04.26, 10:00 - A: x', ['2026-04-05T10:00:00Z']],
    ['the year in front', '2026/04/05 午後10:00 - A: x', ['2026-04-05T22:00:00Z']],
    ['Arabic digits', '٢٥‏/٤‏/٢٠٢٦، ١٢:٣٢ ص - A: x', ['2026-04-25T00:32:00Z']],
    [
      'twelve hours',
      '4/25/26, 12:05 AM - A: x\n4/25/26, 12:05 PM - A: y',
      ['2026-04-25T00:05:00Z', '2026-04-25T12:05:00Z'],
    ],
  ])('are read by %s', (_evidence, text, expected) => {
    expect(times(text)).toEqual(expected);
    expect(read(text).note).toBeUndefined();
  });

  it('are left out and noted when day and month cannot be told apart', () => {
    expect(times('05/04/2026, 10:00 - A: x\n05/04/2026, 10:01 - B: y')).toEqual([undefined, undefined]);
    expect(read('05/04/2026, 10:00 - A: x').note).toContain('day or the month');
    expect(times('25/04/2026, 10:00 - A: x\n04/25/2026, 10:01 - B: y')).toEqual([undefined, undefined]);
  });

  it('are left out when there is only a time, or no such day', () => {
    expect(times('[00:01:02] A: x\n[10:02 PM] B: y')).toEqual([undefined, undefined]);
    expect(times('[2026-02-31 10:00] A: x')).toEqual([undefined]);
  });
});

it('cuts long turns between characters', () => {
  const { turns } = read(`Greta: ${'a'.repeat(49_999)}👩‍👩‍👧 tail`);
  expect(turns.map(({ speaker, text }) => [speaker, text.length])).toEqual([
    ['Greta', 49_999],
    ['Greta', 13],
  ]);
  expect(turns[1]?.text.startsWith('👩‍👩‍👧')).toBe(true);
});

it('422: refuses more than 20,000 turns', () => {
  expect(() => read('Greta: hi\n'.repeat(20_001))).toThrow('more than 20000 turns');
  expect(read('Greta: hi\n'.repeat(20_000)).turns).toHaveLength(20_000);
});

it.each([
  '\n',
  'A: b\n',
  'a:',
  '[1:11 1/1/11\n',
  'Ab (1:11 ',
  '1:11 ',
  'A - 1:1',
  '12/05/26, 1:1 - ',
  '1:11 --> 1:12\nA\n',
  '<v ',
  '**a ',
  ' ',
  '\t',
  '1/',
  '\u0301',
  '👩\u200d',
  'Ab\n10:10\nc\n',
  '{"user":"a","text":"b"},',
])(
  'reads a text of nothing but %j in linear time',
  (piece) =>
    expectLinear(
      (text) => {
        try {
          read(text);
        } catch {
          // Refused in linear time.
        }
      },
      repeated(piece),
      40_000,
    ),
  60_000,
);
