import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { Position } from '../../../nodes/shared/events/position.ts';

const subscription = { baseUrl: 'http://runtime', types: ['participant-joined'], roomId: undefined };
const published = new Date('2026-05-04T09:00:00.000Z');
const later = new Date('2026-05-04T12:00:00.000Z');

function positionAt(cursor: string): { position: Position; saved: IDataObject } {
  const saved: IDataObject = {};
  const position = new Position(saved);
  position.begin(subscription, published, true);
  position.catchUp(cursor);
  return { position, saved };
}

describe('the place of a trigger in the event log', () => {
  it('is kept over a restart', () => {
    const { saved } = positionAt('log:7');
    const restarted = new Position(saved);
    restarted.begin({ ...subscription }, later, false);
    expect(restarted.cursor).toBe('log:7');
  });

  it('begins anew when the workflow is published anew', () => {
    const { position } = positionAt('log:7');
    position.begin(subscription, later, true);
    expect(position.isKnown).toBe(false);
  });

  it.each([
    ['other events', { ...subscription, types: ['session-ended'] }],
    ['another room', { ...subscription, roomId: 'room-a' }],
    ['another runtime', { ...subscription, baseUrl: 'http://other' }],
  ])('begins anew for %s, instead of replaying what was never asked for', (_, changed) => {
    const { position } = positionAt('log:7');
    position.begin(changed, later, false);
    expect(position.isKnown).toBe(false);
  });

  it('reads a runtime never reached before from the start, and leaves out what is older than the trigger', () => {
    const position = new Position({});
    position.begin(subscription, published, true);
    expect(position.cursor).toBe('earliest');
    expect(position.isNew({ at: '2026-05-04T08:59:59.999Z' })).toBe(false);
    expect(position.isNew({ at: '2026-05-04T09:00:00.000Z' })).toBe(true);
  });

  it('trusts the cursor alone once it has one, whatever the clocks of the two machines say', () => {
    const { position } = positionAt('log:7');
    expect(position.isNew({ at: '2026-05-04T08:00:00.000Z' })).toBe(true);
  });
});
