/** A document that must not run: why, the document, and every problem with it as pointer and code, in order. */
export type BadDocument = readonly [
  why: string,
  document: unknown,
  problems: readonly (readonly [pointer: string, code: string])[],
];

/** A document of these nodes, with all else in order. */
export const graph = (nodes: unknown): unknown => ({ version: 1, name: 'Test', nodes });

/** Nodes that are in order, for the wrong one to stand beside. */
export const joined = { on: 'participant-joined' };
export const file = { do: 'record', from: 'joined' };
export const room = { do: 'record', from: 'started', with: { source: 'room' } };
export const started = { on: 'session-started' };
