import { z } from 'zod';
import { fencedText } from '../../platform/models/fenced-text.ts';
import { jsonText } from '../../platform/models/parse-json.ts';
import type { Graph, GraphNode } from './graph.ts';

/** Named values that nodes of a planned run pass to later nodes, taken from their results. */

export interface NamedValue {
  name: string;
  /** The node that wrote the value. */
  from: string;
  text: string;
}

/**
 * Returns the values that a node writes. If its result is a JSON object, each value is the member of that name.
 * Otherwise, and for a missing member, the value is the whole result.
 */
export function valuesOf(node: Pick<GraphNode, 'name' | 'writes'>, result: string): NamedValue[] {
  const members = objectIn(result);
  return node.writes.map((name) => {
    const member = members?.[name];
    if (member === undefined) return { name, from: node.name, text: result };
    return { name, from: node.name, text: typeof member === 'string' ? member : JSON.stringify(member) };
  });
}

/** Returns the values that a node reads, in the order in which it names them. */
export function inputsOf(
  node: Pick<GraphNode, 'reads'>,
  graph: Graph,
  results: ReadonlyMap<string, string>,
): NamedValue[] {
  const written = graph.nodes.flatMap((other) => {
    const result = results.get(other.name);
    return result === undefined ? [] : valuesOf(other, result);
  });
  return node.reads.flatMap((name) => written.findLast((value) => value.name === name) ?? []);
}

const JsonObject = jsonText(z.record(z.string(), z.unknown()));

/** Parses a text that is a JSON object, bare or in a Markdown code fence; undefined for any other text. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  return JsonObject.safeParse(fencedText(text) ?? text.trim()).data;
}
