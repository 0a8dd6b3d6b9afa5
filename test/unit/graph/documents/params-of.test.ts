import { describe, expect, it } from 'vitest';
import { paramsOf, parseDocument } from '../../../../runtime/graph/index.ts';
import { graph, joined, started } from './corpus/bad-document.ts';

const event = {
  ...{
    roomId: 'room',
    sessionId: 'ses',
    participantId: 'ada',
    participantName: 'Ada',
    mode: 'SEND_AND_RECV',
  },
  metaData: { language: 'de-DE', seats: 3, tags: ['a', 'b'], nothing: null },
};
const told = new Map<string, Record<string, unknown>>([
  ['joined', event],
  ['started', { roomId: 'room', sessionId: 'ses' }],
  ['tap', { stepId: 'stp_1', participantId: 'ada' }],
]);
const paramsFor = (step: object, others: object = {}): Record<string, unknown> =>
  paramsOf(parseDocument(graph({ joined, ...others, step })), 'step', told);

describe('the params to start a step with', () => {
  it('are those of the document, with references replaced by what they point to', () => {
    expect(
      paramsFor({
        do: 'transcribe',
        from: 'joined',
        with: {
          language: '$joined.metaData.language',
          participantIds: ['$joined.participantId', 'bob'],
          metadata: {
            who: '$joined.participantName',
            tag: '$joined.metaData.tags.1',
            all: '$joined.metaData',
          },
        },
      }),
    ).toEqual({
      language: 'de-DE',
      participantIds: ['ada', 'bob'],
      metadata: { who: 'Ada', tag: 'b', all: event.metaData },
    });
  });

  it('leave out what is not there, so that the default of the step holds', () => {
    expect(
      paramsFor({
        do: 'transcribe',
        from: 'joined',
        with: { language: '$joined.metaData.lang', metadata: { a: '$joined.metaData.nothing', b: 1 } },
      }),
    ).toEqual({ metadata: { b: 1 } });
  });

  it('take two dollar signs for one', () => {
    expect(paramsFor({ do: 'play', from: 'joined', with: { text: '$$5 a seat, or $6' } })).toEqual({
      text: '$5 a seat, or $6',
    });
  });

  it('hold what a step above has told', () => {
    const tap = { do: 'tap', from: 'joined' };
    expect(paramsFor({ do: 'record', from: 'tap', with: { metadata: '$tap.stepId' } }, { tap })).toEqual({
      metadata: 'stp_1',
    });
  });

  it.each(['record', 'tap'])('name the participant of the event for a %s that names none', (step) => {
    expect(paramsFor({ do: step, from: 'joined' })).toEqual({ participantId: 'ada' });
    expect(paramsFor({ do: step, from: 'joined', with: { participantId: 'bob' } })).toEqual({
      participantId: 'bob',
    });
  });

  it('name none for the room, for what a tap feeds, and for steps that need nobody', () => {
    const tap = { do: 'tap', from: 'joined' };
    expect(paramsFor({ do: 'record', from: 'joined', with: { source: 'room' } })).toEqual({ source: 'room' });
    expect(paramsFor({ do: 'record', from: 'tap' }, { tap })).toEqual({});
    expect(paramsFor({ do: 'transcribe', from: 'joined' })).toEqual({});
    expect(
      paramsFor({ do: 'hls', from: 'started' }, { started, file: { do: 'record', from: 'joined' } }),
    ).toEqual({});
  });
});
