/** A tool call that a model wrote as text. `arguments` is JSON text, which may be broken. */
export interface TextCall {
  name: string;
  arguments: string;
}

/** Calls in a text, where they end, and the thinking and the answer that were among them. */
export interface TextCalls {
  calls: TextCall[];
  end: number;
  thinking: string;
  text: string;
}

/** Removes what Kimi and gpt-oss add to a name: `functions.read_file:0`. */
export function bareName(name: string): string {
  return name.replace(/^functions\./, '').replace(/:\d{1,6}$/, '');
}
