import {
  graphDocumentVersion,
  type GraphDocument,
  type GraphNode,
  type StepNode,
} from '../../contract/index.ts';
import { both, narrowedBy } from './conditions.ts';
import { eventNodes } from './event-nodes.ts';
import { itemOfEvent, itemOfOther, itemOfStep, type Item } from './item.ts';
import { nodeIds } from './node-ids.ts';
import {
  decidingReason,
  isCondition,
  isNote,
  isOtherBeginning,
  isPassage,
  otherReason,
  roomflowType,
} from './node-kinds.ts';
import { notCarriedList, type NotCarried } from './not-carried.ts';
import { parametersOf, type Parameters } from './parameters.ts';
import { translations, type StepDraft, type Translation } from './translations/index.ts';
import { triggerOf, type Trigger } from './triggers.ts';
import { readWorkflow, type WorkflowNode } from './workflow.ts';

const nothingAfter = 'nothing that a graph can do comes after it';

/** A graph document made of a workflow, and what of the workflow is not in it. */
export type FromWorkflow = { document: GraphDocument; notCarried: readonly NotCarried[] };

/** How far a walk from a trigger has come. */
type Way = {
  trigger: WorkflowNode;
  event: Trigger;
  items: { incoming: Item; byNode: ReadonlyMap<string, Item> };
  /** Nodes between the trigger and here, for finding loops. */
  path: readonly string[];
  /** The node whose end is waited for, where one is. */
  endOf: string | null;
  /** Nodes that this event has reached already. */
  seen: Set<string>;
};

type Stop = { node: string; do: StepNode['do']; name: string; event: Trigger };

/**
 * The media part of an n8n workflow as a graph document: triggers become event nodes, taps, recordings, streams,
 * transcriptions and plays become step nodes, simple conditions become `where`, expressions become references. What a
 * graph cannot say is named with its node and the reason. Pure; the document of a workflow without media has no nodes.
 *
 * @param value a workflow as n8n exports it
 * @throws RoomflowError `invalid-request` for what is no workflow
 */
export function fromWorkflow(value: unknown): FromWorkflow {
  const workflow = readWorkflow(value);
  const byName = new Map(workflow.nodes.map((node) => [node.name, node]));
  const nodes: Record<string, GraphNode> = {};
  const makeId = nodeIds();
  const events = eventNodes(nodes, (name) => makeId(name, 'event'));
  const notCarried = notCarriedList();
  const reached = new Set<string>();
  const began = new Set<string>();
  const stops: Stop[] = [];

  const linksOf = (node: WorkflowNode) => workflow.links.get(node.name) ?? [];

  /** Everything after a node, by any of the outputs that are meant. */
  function leaveOutAfter(
    node: WorkflowNode,
    reason: string,
    isMeant = (_output: number): boolean => true,
  ): void {
    const waiting = linksOf(node).filter(({ output }) => isMeant(output));
    const done = new Set([node.name]);
    for (let link = waiting.pop(); link !== undefined; link = waiting.pop()) {
      const target = byName.get(link.to);
      if (target !== undefined && !done.has(target.name)) {
        done.add(target.name);
        reached.add(target.name);
        notCarried.add(target.name, reason);
        waiting.push(...linksOf(target));
      }
    }
  }

  function follow(node: WorkflowNode, way: Way, incoming: Item, output = 0): void {
    const byNode = new Map(way.items.byNode).set(node.name, incoming);
    for (const link of linksOf(node).filter((each) => each.output === output)) {
      visit(link.to, { ...way, items: { incoming, byNode }, path: [...way.path, node.name] });
    }
  }

  function visit(name: string, way: Way): void {
    const node = byName.get(name);
    if (node === undefined) {
      return;
    }
    if (way.path.includes(name)) {
      notCarried.add(way.path.at(-1) ?? name, `it leads back to “${name}”, and a graph has no loops`);
      return;
    }
    if (way.seen.has(name)) {
      return;
    }
    way.seen.add(name);
    reached.add(name);
    const type = roomflowType(node.type);
    const translation = type === null ? undefined : translations[type];
    const deciding = decidingReason(node.type);
    if (node.disabled) {
      notCarried.add(name, 'it is disabled, and does nothing in n8n either');
      follow(node, way, way.items.incoming);
    } else if (isPassage(node.type)) {
      follow(node, way, way.items.incoming);
    } else if (translation !== undefined) {
      visitMedia(node, translation, way);
    } else if (isCondition(node.type)) {
      visitCondition(node, way);
    } else if (deciding !== null) {
      notCarried.add(name, deciding);
      leaveOutAfter(node, `it comes after “${name}”, and ${deciding}`);
    } else {
      notCarried.add(name, otherReason(node.type));
      follow(node, way, itemOfOther(name));
    }
  }

  function visitCondition(node: WorkflowNode, way: Way): void {
    const before = Object.keys(nodes).length;
    for (const output of [0, 1]) {
      if (!linksOf(node).some((link) => link.output === output)) {
        continue;
      }
      const narrowing = narrowedBy(node, output, way.items);
      const where = narrowing.kind === 'where' ? both(way.event.where, narrowing.where) : null;
      if (narrowing.kind === 'never') {
        leaveOutAfter(
          node,
          `“${node.name}” never lets ${way.event.on} through to it`,
          (each) => each === output,
        );
      } else if (where === null) {
        const reason = narrowing.kind === 'cannot' ? narrowing.reason : 'it asks for two things of one value';
        notCarried.add(node.name, reason);
        leaveOutAfter(node, `it comes after “${node.name}”: ${reason}`, (each) => each === output);
      } else {
        const items = withoutSteps(way.items);
        const narrowed = { ...way, items, event: { ...way.event, where }, seen: new Set(way.seen) };
        follow(node, narrowed, items.incoming, output);
      }
    }
    if (Object.keys(nodes).length === before && !notCarried.has(node.name)) {
      notCarried.add(node.name, nothingAfter);
    }
  }

  function visitMedia(node: WorkflowNode, translation: Translation, way: Way): void {
    if (node.typeVersion !== 1) {
      notCarried.add(node.name, `version ${node.typeVersion} of it is not known here, only version 1`);
      follow(node, way, itemOfOther(node.name));
      return;
    }
    const notes: string[] = [];
    const read = (eventId: string, above: readonly string[], into: string[] = []): Parameters =>
      parametersOf(node, { eventId, above, items: way.items }, into);
    const isOfRoom = translation.ofRoom(read('', []));
    const eventId = events.idFor(way.trigger.name, way.event, isOfRoom);
    const first = worksElsewhere(read(eventId, [], notes), way.event)
      ? null
      : translation.draft(read(eventId, [], notes));
    const draft =
      first?.kind === 'start' && first.from !== null
        ? translation.draft(read(eventId, [first.from], notes.splice(0)))
        : first;
    const isLate = way.endOf !== null && draft?.kind !== 'transcribe-recording';
    if (isLate) {
      notCarried.add(
        node.name,
        `it begins when “${way.endOf ?? ''}” has ended, and a graph begins everything at its event`,
      );
    }
    for (const note of isLate ? [] : notes) {
      notCarried.add(node.name, note);
    }
    leaveOutAfter(
      node,
      `it runs when “${node.name}” has not succeeded, and a graph has no such way`,
      (output) => output > 0,
    );
    follow(node, ...write(node, isLate ? null : draft, eventId, way));
  }

  /** Puts a draft into the document; answers how the way goes on, and with which item. */
  function write(node: WorkflowNode, draft: StepDraft | null, eventId: string, way: Way): [Way, Item] {
    switch (draft?.kind) {
      case 'start': {
        const id = makeId(node.name, draft.do);
        events.use(eventId);
        began.add(way.trigger.name);
        const hasParams = Object.keys(draft.with).length > 0;
        nodes[id] = {
          do: draft.do,
          from: draft.from ?? eventId,
          ...(hasParams ? { with: draft.with } : {}),
        };
        const item = itemOfStep({ nodeId: id, type: draft.do, participant: draft.participant });
        return [{ ...way, endOf: draft.waits ? node.name : way.endOf }, item];
      }
      case 'stop':
        stops.push({ node: node.name, do: draft.do, name: way.trigger.name, event: way.event });
        return [way, itemOfOther(node.name)];
      case 'transcribe-recording': {
        const recording = nodes[draft.recordingNodeId];
        if (recording !== undefined && 'do' in recording) {
          recording.with = { ...recording.with, transcription: draft.options };
        }
        return [{ ...way, endOf: node.name }, itemOfOther(node.name)];
      }
      default:
        return [way, itemOfOther(node.name)];
    }
  }

  for (const node of workflow.nodes) {
    const type = roomflowType(node.type);
    const trigger = type === null ? null : triggerOf(type, node);
    if (trigger === null) {
      continue;
    }
    reached.add(node.name);
    if (node.disabled) {
      notCarried.add(node.name, 'it is disabled, and starts nothing in n8n either');
      continue;
    }
    for (const note of trigger.notes) {
      notCarried.add(node.name, note);
    }
    for (const event of trigger.events) {
      const incoming = itemOfEvent(event.on);
      const way = { trigger: node, event, items: { incoming, byNode: new Map() }, path: [], endOf: null };
      follow(node, { ...way, seen: new Set() }, incoming);
    }
  }

  for (const stop of stops) {
    const steps = Object.values(nodes).filter(
      (node): node is StepNode => 'do' in node && node.do === stop.do && node.until === undefined,
    );
    if (steps.length === 0) {
      notCarried.add(stop.node, 'the graph holds no step that it could stop');
      continue;
    }
    const eventId = events.idFor(stop.name, stop.event, false);
    events.use(eventId);
    began.add(stop.name);
    for (const step of steps) {
      step.until = eventId;
    }
  }

  for (const { name, type } of workflow.nodes.filter((node) => !isNote(node.type))) {
    const served = workflow.servants.get(name);
    if (!reached.has(name)) {
      notCarried.add(name, reasonOfUnreached(type, served));
    } else if (
      triggerOf(roomflowType(type) ?? '', { name, type, typeVersion: 1, disabled: false, parameters: {} }) &&
      !began.has(name) &&
      !notCarried.has(name)
    ) {
      notCarried.add(name, nothingAfter);
    }
  }

  const document: GraphDocument = {
    version: graphDocumentVersion,
    name: workflow.name,
    description: `Made of the n8n workflow “${workflow.name}”.`,
    nodes,
  };
  return { document, notCarried: notCarried.all };
}

function reasonOfUnreached(type: string, served: string | undefined): string {
  if (served !== undefined) {
    return `it serves “${served}”, which a graph does not hold`;
  }
  return isOtherBeginning(type)
    ? 'a graph begins with an event of a room, and this begins otherwise'
    : 'nothing that a graph can begin with leads to it';
}

/** Notes that a step is for another room than its event's, which is where a graph does everything. */
function worksElsewhere(parameters: Parameters, { where }: Trigger): boolean {
  const room = parameters.known('room', '={{ $json.roomId }}');
  const isHere =
    room.kind === 'event'
      ? room.path.join('.') === 'roomId'
      : room.kind === 'literal' && room.value === where['roomId'];
  if (!isHere) {
    const which = room.kind === 'literal' ? `“${String(room.value)}”` : 'one that an expression names';
    parameters.note(`its room is ${which}, and a graph works in the room of its event`);
  }
  return !isHere;
}

/** Steps of one event node do not feed those of another. */
function withoutSteps(items: Way['items']): Way['items'] {
  const without =
    (item: Item): Item =>
    (path) => {
      const known = item(path);
      return known.kind === 'step'
        ? { kind: 'unknown', reason: 'a condition stands between this and the step that it names' }
        : known;
    };
  return {
    incoming: without(items.incoming),
    byNode: new Map([...items.byNode].map(([name, item]) => [name, without(item)])),
  };
}
