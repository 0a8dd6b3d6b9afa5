const ours = /^(?:n8n-nodes-roomflow|CUSTOM)\.(?<name>\w+)$/;

/** The name of one of Roomflow's node types within its package, or null. */
export const roomflowType = (type: string): string | null => ours.exec(type)?.groups?.['name'] ?? null;

const baseName = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

/** Notes on the canvas do nothing. */
export const isNote = (type: string): boolean => baseName(type) === 'stickyNote';

/** Hands on items as they came. */
export const isPassage = (type: string): boolean => type === 'n8n-nodes-base.noOp';

/** Goes one way or the other by what the item holds. */
export const isCondition = (type: string): boolean =>
  type === 'n8n-nodes-base.if' || type === 'n8n-nodes-base.filter';

/** Nodes that decide whether, when or how often what comes after them is done, and what stands against them. */
const deciding: Readonly<Record<string, string | undefined>> = {
  code: 'a graph holds no code',
  function: 'a graph holds no code',
  functionItem: 'a graph holds no code',
  switch: 'a graph chooses by conditions of its event nodes only',
  wait: 'a graph waits for events, not for a time',
  merge: 'a graph puts no ways together',
  splitInBatches: 'a graph has no loops',
  limit: 'a graph counts no items',
  removeDuplicates: 'a graph compares no items',
  executeWorkflow: 'a graph starts no workflows',
  splitOut: 'a graph knows no lists of items',
  aggregate: 'a graph knows no lists of items',
  summarize: 'a graph knows no lists of items',
  stopAndError: 'a graph ends steps by events only',
};

/** Why what comes after a node cannot be carried over, or null where the node stands in nobody's way. */
export const decidingReason = (type: string): string | null =>
  type.startsWith('n8n-nodes-base.') ? (deciding[baseName(type)] ?? null) : null;

const beginnings = ['webhook', 'start', 'formTrigger', 'cron', 'interval'];

/** Starts a workflow by something else than an event of a room. */
export const isOtherBeginning = (type: string): boolean =>
  baseName(type).endsWith('Trigger') || beginnings.includes(baseName(type));

const special: Readonly<Record<string, string | undefined>> = {
  createRoom: 'a graph makes no rooms: it runs in those that there are',
  meeting: 'a graph processes media; this changes the room or asks about it',
  runGraph: 'it holds a graph document itself',
};

/** Why a node that stands in nobody's way is not carried over. */
export function otherReason(type: string): string {
  const name = roomflowType(type);
  return (
    (name === null ? undefined : special[name]) ??
    'a graph holds events and media steps only; keep this in a workflow'
  );
}
