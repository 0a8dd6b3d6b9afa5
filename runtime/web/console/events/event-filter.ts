import type { LoggedEvent } from '../client/index.ts';

export type EventFilter = {
  /** A part of the type; several, parted by spaces, of which one must fit. */
  type: string;
  roomId: string;
};

/** Whether an event is wanted. Pure. */
export function isWanted(
  { type, roomId }: Pick<LoggedEvent, 'type' | 'roomId'>,
  filter: EventFilter,
): boolean {
  const parts = filter.type
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((part) => part !== '');
  return (
    (filter.roomId === '' || roomId === filter.roomId) &&
    (parts.length === 0 || parts.some((part) => type.includes(part)))
  );
}

const told = [
  'participantName',
  'name',
  'step',
  'kind',
  'text',
  'message',
  'to',
  'state',
  'reason',
  'status',
];

/** The most telling values of an event in one line. Pure. */
export function summaryOf({ data }: Pick<LoggedEvent, 'data'>): string {
  const parts = told.flatMap((key) => {
    const value = data[key];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  const { from, to } = data;
  const change = typeof from === 'string' && typeof to === 'string' ? [`${from || 'new'} → ${to}`] : [];
  return [...change, ...parts.filter((part) => change.length === 0 || part !== to)].join(' · ');
}
