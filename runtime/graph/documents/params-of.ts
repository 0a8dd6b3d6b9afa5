import { isEventNode, type GraphDocument, type StepNode } from '../../contract/index.ts';
import { sourceOf } from './edges.ts';
import { literalText, referenceOf, valueAt } from './reference.ts';

/** What nodes have told: an event node the data of its event, a step node its step as the API shows it. */
export type Told = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/**
 * The params to start a step node with: references replaced by what they point to, and the participant of the event
 * filled in where the step needs one and names none. What a reference does not find is left out, so that the step's
 * own default holds. Pure; takes a valid document and the id of one of its step nodes.
 */
export function paramsOf(document: GraphDocument, nodeId: string, told: Told): Record<string, unknown> {
  const node = document.nodes[nodeId];
  if (node === undefined || isEventNode(node)) {
    return {};
  }
  const params = resolved(node.with ?? {}, told) as Record<string, unknown>;
  const { nodeId: source } = sourceOf(node);
  const feeder = document.nodes[source];
  if (feeder && isEventNode(feeder) && takesParticipantOfEvent(node)) {
    const participantId = told.get(source)?.['participantId'];
    return typeof participantId === 'string' ? { ...params, participantId } : params;
  }
  return params;
}

/** Whether a step that an event starts is about the event's participant. Pure. */
export function takesParticipantOfEvent(node: Pick<StepNode, 'do' | 'with'>): boolean {
  const { participantId, source } = node.with ?? {};
  return participantId === undefined && (node.do === 'tap' || (node.do === 'record' && source !== 'room'));
}

function resolved(value: unknown, told: Told): unknown {
  if (typeof value === 'string') {
    const reference = referenceOf(value);
    return reference === null
      ? literalText(value)
      : (valueAt(told.get(reference.nodeId), reference.path) ?? undefined);
  }
  if (Array.isArray(value)) {
    return value.map((item) => resolved(item, told)).filter((item) => item !== undefined);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => {
        const found = resolved(inner, told);
        return found === undefined ? [] : [[key, found]];
      }),
    );
  }
  return value;
}
