import { z } from 'zod';
import { jsonText } from '../../platform/models/parse-json.ts';
import type { Graph, GraphNode } from './graph.ts';

/** What nodes hand to each other in a planned run: values with names, taken from their answers. */

export interface NamedValue {
  name: string;
  /** The node that wrote it. */
  from: string;
  text: string;
}

/**
 * The values that a node leaves: of an answer that is a JSON object, each member that it was to write; else the whole answer under every name
 * that it was to write.
 */
export function valuesOf(node: Pick<GraphNode, 'name' | 'writes'>, result: string): NamedValue[] {
  const members = objectIn(result);
  return node.writes.map((name) => {
    const member = members?.[name];
    if (member === undefined) return { name, from: node.name, text: result };
    return { name, from: node.name, text: typeof member === 'string' ? member : JSON.stringify(member) };
  });
}

/** The values that a node reads, in the order in which it asked for them. */
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

/** The JSON object that a text is, bare or in a fence; undefined when it is none. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  const fenced = /```(?:json)?\s*\n(.*?)\n```/s.exec(text)?.[1];
  return JsonObject.safeParse(fenced ?? text.trim()).data;
}
