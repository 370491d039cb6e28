import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Turn } from '../../../functions/entities/files/archive.ts';

/** A LoCoMo conversation: sessions of two people, and questions with the turns that contain the answer. */
export interface Conversation {
  sessions: { id: string; turns: Turn[] }[];
  questions: { text: string; kind: string; evidence: string[] }[];
}

const KINDS = new Map([
  [1, 'multi-hop'],
  [2, 'temporal'],
  [3, 'open'],
  [4, 'single-hop'],
]);

const SaidTurn = z.looseObject({
  speaker: z.string(),
  dia_id: z.string(),
  text: z.string(),
  blip_caption: z.string().optional(),
});
const File = z.array(
  z.looseObject({
    conversation: z.record(z.string(), z.unknown()),
    qa: z.array(z.looseObject({ question: z.string(), category: z.int(), evidence: z.array(z.string()).default([]) })),
  }),
);

/**
 * Reads the conversations. Leaves out questions without evidence and adversarial questions, which have no answer, as
 * the paper's retrieval does.
 */
export function readLocomo(file: string): Conversation[] {
  return File.parse(JSON.parse(readFileSync(file, 'utf8'))).map(({ conversation, qa }) => {
    const places = new Map<string, string>();
    const sessions = Object.keys(conversation)
      .filter((name) => /^session_\d+$/.test(name))
      .map((name) => {
        const began = timeOf(z.string().parse(conversation[`${name}_date_time`]));
        const turns = z.array(SaidTurn).parse(conversation[name]);
        for (const [position, { dia_id }] of turns.entries()) places.set(dia_id, placeOf(name, position));
        return { id: name, turns: turns.map((turn) => toTurn(turn, began)) };
      });
    const questions = qa.flatMap(({ question, category, evidence }) => {
      const kind = KINDS.get(category);
      const ids = evidence.flatMap((text) =>
        [...text.matchAll(/D:?(\d+):(\d+)/g)].map(([, s, t]) => `D${Number(s)}:${Number(t)}`),
      );
      const gold = [...new Set(ids)].flatMap((id) => places.get(id) ?? []);
      return kind === undefined || gold.length === 0 ? [] : [{ text: question, kind, evidence: gold }];
    });
    return { sessions, questions };
  });
}

export function placeOf(session: string, position: number): string {
  return `${session}#${position}`;
}

function toTurn({ speaker, text, blip_caption: caption }: z.infer<typeof SaidTurn>, began: string): Turn {
  return { speaker, said_at: began, text, ...(caption === undefined ? {} : { caption }) };
}

/** Parses "1:56 pm on 8 May, 2023" as UTC, because the data has no time zones. */
function timeOf(text: string): string {
  const [, hour, minute, half, day, month, year] = /(\d+):(\d+) ([ap]m) on (\d+) (\w+), (\d+)/.exec(text) ?? [];
  return new Date(`${month} ${day}, ${year} ${hour}:${minute} ${half} UTC`).toISOString();
}
