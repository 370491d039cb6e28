import type { Component, Ref } from 'vue';
import type { RouteRecordRaw } from 'vue-router';

/**
 * A room is a folder of `rooms/`: `rooms/<id>/room.ts` exports it as default, and the shell finds it. A room's pages
 * are imported when they are opened. Rooms do not import each other; a link to another room is a path.
 */
export interface Room {
  id: string;
  label: string;
  icon: Component;
  /** The place in the rail, from the top; undefined: not in the rail. */
  order?: number;
  /** Whether the bottom bar of phones has it, too. Four fit beside "More", whose sheet has the others. */
  isInBottomBar?: boolean;
  /** The key after `g` that opens it. */
  key?: string;
  /** The path that opens it. */
  path: string;
  routes: RouteRecordRaw[];
  /** Commands of the palette that are there on every page. */
  commands?: Command[];
  /** Commands that lead to what the text finds, such as runs by their task. Called while the user types. */
  search?: (text: string, signal: AbortSignal) => Promise<Command[]>;
  /** A count on the room's icon, such as open questions. Called once, when the user is signed in. */
  useBadge?: () => Ref<number | undefined>;
}

/** A line of the command palette. */
export interface Command {
  label: string;
  /** Shown in a quieter voice behind the label. */
  hint?: string;
  icon?: Component;
  keys?: string;
  /** The path that it opens, or what it does. */
  to?: string;
  run?: () => void;
}
