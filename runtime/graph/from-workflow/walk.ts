import { both, narrowedBy } from './conditions.ts';
import type { GraphDraft } from './graph-draft.ts';
import { itemOfEvent, itemOfOther, itemOfStep, type Item } from './item.ts';
import { decidingReason, isCondition, isPassage, otherReason, roomflowType } from './node-kinds.ts';
import { parametersOf, type Parameters } from './parameters.ts';
import { translations, type StepDraft, type Translation } from './translations/index.ts';
import type { Trigger } from './triggers.ts';
import type { Workflow, WorkflowNode } from './workflow.ts';

export const nothingAfter = 'nothing that a graph can do comes after it';

/** How far a walk from a trigger has come. */
type Way = {
  trigger: string;
  event: Trigger;
  items: { incoming: Item; byNode: ReadonlyMap<string, Item> };
  /** Nodes between the trigger and here, for finding loops. */
  path: readonly string[];
  /** The node whose end is waited for, where one is. */
  endOf: string | null;
  /** Nodes that this event has reached already. */
  seen: Set<string>;
};

/** Walks a workflow along its connections, from a trigger on, and puts what it meets into a draft. */
export function createWalk(
  workflow: Workflow,
  draft: GraphDraft,
): {
  from(trigger: WorkflowNode, event: Trigger): void;
  /** Whether any walk so far has come to a node, or has left it out. */
  hasReached(node: string): boolean;
} {
  const { notCarried } = draft;
  const byName = new Map(workflow.nodes.map((node) => [node.name, node]));
  const reached = new Set<string>();
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
    const before = Object.keys(draft.nodes).length;
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
    if (Object.keys(draft.nodes).length === before && !notCarried.has(node.name)) {
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
    const eventId = draft.eventId(way, isOfRoom);
    const first = worksElsewhere(read(eventId, [], notes), way.event)
      ? null
      : translation.draft(read(eventId, [], notes));
    const step =
      first?.kind === 'start' && first.from !== null
        ? translation.draft(read(eventId, [first.from], notes.splice(0)))
        : first;
    const isLate = way.endOf !== null && step?.kind !== 'transcribe-recording';
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
    follow(node, ...write(node, isLate ? null : step, eventId, way));
  }

  /** Puts a step into the draft; answers how the way goes on, and with which item. */
  function write(node: WorkflowNode, step: StepDraft | null, eventId: string, way: Way): [Way, Item] {
    switch (step?.kind) {
      case 'start': {
        const nodeId = draft.start(node.name, step, eventId, way.trigger);
        const item = itemOfStep({ nodeId, type: step.do, participant: step.participant });
        return [{ ...way, endOf: step.waits ? node.name : way.endOf }, item];
      }
      case 'stop':
        draft.stop(node.name, step.do, { trigger: way.trigger, event: way.event });
        return [way, itemOfOther(node.name)];
      case 'transcribe-recording':
        draft.transcribe(step.recordingNodeId, step.options);
        return [{ ...way, endOf: node.name }, itemOfOther(node.name)];
      default:
        return [way, itemOfOther(node.name)];
    }
  }

  return {
    from(trigger, event) {
      const incoming = itemOfEvent(event.on);
      const items = { incoming, byNode: new Map() };
      const way = { trigger: trigger.name, event, items, path: [], endOf: null, seen: new Set<string>() };
      follow(trigger, way, incoming);
    },
    hasReached: (node) => reached.has(node),
  };
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
