import { describe, expect, it } from 'vitest';
import { cursorBefore } from '../../../../runtime/web/console/client/event-feed.ts';
import { isWanted, summaryOf } from '../../../../runtime/web/console/events/event-filter.ts';

describe('the filter of the event log', () => {
  const event = { type: 'recording-started', roomId: 'launch' };

  it.each([
    [{ type: '', roomId: '' }, true],
    [{ type: 'Recording', roomId: '' }, true],
    [{ type: 'participant, recording', roomId: '' }, true],
    [{ type: 'participant', roomId: '' }, false],
    [{ type: '', roomId: 'launch' }, true],
    [{ type: 'recording', roomId: 'review' }, false],
  ])('%j: %s', (filter, wanted) => {
    expect(isWanted(event, filter)).toBe(wanted);
  });
});

describe('an event in one line', () => {
  it('tells a change of state with its reason', () => {
    const data = { step: 'record', from: 'running', to: 'retrying', reason: 'worker-lost' };
    expect(summaryOf({ data })).toBe('running → retrying · record · worker-lost');
  });

  it('tells who it was, and nothing where there is nothing to tell', () => {
    expect(summaryOf({ data: { participantName: 'Ada', roomId: 'launch' } })).toBe('Ada');
    expect(summaryOf({ data: {} })).toBe('');
  });
});

describe('where the log begins when it is opened', () => {
  it('is some events before its end, and never before its beginning', () => {
    expect(cursorBefore('abc:1000', 300)).toBe('abc:700');
    expect(cursorBefore('abc:12', 300)).toBe('abc:0');
    expect(cursorBefore('a_b-c:1', 0)).toBe('a_b-c:1');
    expect(cursorBefore('latest', 300)).toBe('latest');
  });
});
