import { eventTypes, graphEventTypes, type EventType, type GraphCondition } from '../../contract/index.ts';
import type { Where } from './conditions.ts';
import { itemOfOther } from './item.ts';
import { parametersOf, type Parameters } from './parameters.ts';
import type { WorkflowNode } from './workflow.ts';

/** An event that a trigger waits for. */
export type Trigger = { on: EventType; where: Where };

const isEventType = (value: string): value is EventType => eventTypes.some((type) => type === value);

/** Equal to the value, or to one of several. */
function among(key: string, values: readonly string[]): Where {
  const [first, ...others] = values;
  if (first === undefined) {
    return {};
  }
  return { [key]: others.length === 0 ? first : values };
}

const namesOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
/** Texts that contain one of these. */
function containing(parameters: Parameters, key: string, path: string): Where {
  const texts = parameters.list(path);
  if (texts.length > 0) {
    parameters.note(
      `it looks for ${texts.map((text) => `“${text}”`).join(' or ')} in upper or lower case, and a graph as it is written`,
    );
  }
  return among(
    key,
    texts.map((text) => `*${text}*`),
  );
}

function roomOf(parameters: Parameters): Where {
  const room = parameters.picked('room');
  return room === null ? {} : { roomId: room.value as GraphCondition };
}

function joins(parameters: Parameters): Trigger[] {
  const where: Where = {
    ...roomOf(parameters),
    ...among('mode', namesOf(parameters.value('filters.modes')?.value)),
    ...(parameters.isOn('filters.hostsOnly', false) ? { permissions: 'allow_mod' } : {}),
    ...containing(parameters, 'participantName', 'filters.nameContains'),
  };
  return [{ on: 'participant-joined', where }];
}

function speech(parameters: Parameters): Where {
  if (parameters.value('speechFilters.notSaidBy') !== null) {
    parameters.note('its filter Not Said By was left out: a graph says what an event must be');
  }
  return {
    ...(parameters.isOn('finalOnly', true) ? { isFinal: true } : {}),
    ...containing(parameters, 'participantName', 'speechFilters.speakerContains'),
    ...containing(parameters, 'text', 'speechFilters.textContains'),
  };
}

function anyEvents(parameters: Parameters): Trigger[] {
  const given = parameters.value('events') ?? { value: ['participant-joined', 'participant-left'] };
  return namesOf(given.value).flatMap((type) => {
    if (!isEventType(type) || !graphEventTypes.includes(type)) {
      parameters.note(
        type === '*'
          ? 'a graph names each event that it waits for'
          : `a graph cannot wait for the event ${type}`,
      );
      return [];
    }
    const spoken = type === 'transcription-text' ? speech(parameters) : {};
    return [{ on: type, where: { ...roomOf(parameters), ...spoken } }];
  });
}

const triggers: Readonly<Record<string, ((parameters: Parameters) => Trigger[]) | undefined>> = {
  participantJoinedTrigger: joins,
  meetingEventTrigger: anyEvents,
  transcriptTrigger: (parameters) => [
    { on: 'transcription-text', where: { ...roomOf(parameters), ...speech(parameters) } },
  ],
};

/**
 * The events that a node starts a workflow for, and what of it a graph cannot say; null for a node that is no trigger
 * of Roomflow.
 *
 * @param type of the node within the package
 */
export function triggerOf(
  type: string,
  node: WorkflowNode,
): { events: Trigger[]; notes: readonly string[] } | null {
  const read = triggers[type];
  if (read === undefined) {
    return null;
  }
  const nothing = itemOfOther('nothing');
  const parameters = parametersOf(node, {
    eventId: '',
    above: [],
    items: { incoming: nothing, byNode: new Map() },
  });
  return { events: read(parameters), notes: parameters.notes };
}
