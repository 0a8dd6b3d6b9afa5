import { beforeEach, describe, expect, it } from 'vitest';
import type { Caption, CaptionsState, SignallingNotification } from '../../../runtime/contract/index.ts';
import { Participant } from '../../../runtime/rooms/participant.ts';
import { Roster } from '../../../runtime/rooms/roster.ts';
import { SessionCaptions } from '../../../runtime/rooms/session-captions.ts';

const english: CaptionsState = { transcriptionId: 'transcription-1', language: 'en-US' };
const caption: Caption = {
  segmentId: 'segment-1',
  participantId: 'ada',
  participantName: 'Ada',
  text: 'good morning',
  isFinal: true,
  startMs: 1000,
  endMs: 1900,
  language: 'en-US',
  timestamp: 1_700_000_001_000,
};

let roster: Roster;
let captions: SessionCaptions;

beforeEach(() => {
  roster = new Roster('abcd-efgh-ijkl');
  captions = new SessionCaptions({ roster });
});

/** Somebody in the room, or at its door, and what they are told. */
function enter(
  participantId: string,
  { mode = 'SEND_AND_RECV', knocks = false }: { mode?: Participant['mode']; knocks?: boolean } = {},
): SignallingNotification[] {
  const told: SignallingNotification[] = [];
  const participant = new Participant({
    sessionId: 'session-1',
    participantId,
    name: participantId,
    mode,
    metaData: null,
    permissions: ['allow_join'],
    connection: {
      userAgent: 'test',
      notify: (message) => {
        told.push(message);
      },
      close: () => undefined,
    },
    graceMs: 1000,
    arrival: knocks ? 'knocks' : 'enters',
  });
  roster.add(participant);
  participant.lifecycle.start();
  return told;
}

describe('the captions of a session', () => {
  it('reach everybody in the room, viewers included, and nobody at its door', () => {
    const onStage = enter('ada');
    const viewer = enter('vera', { mode: 'SIGNALLING_ONLY' });
    const atTheDoor = enter('dora', { knocks: true });
    captions.set(english);
    captions.show(caption);
    const expected = [
      { event: 'captions-changed', data: { captions: english } },
      { event: 'transcription-text', data: caption },
    ];
    expect(onStage).toEqual(expected);
    expect(viewer).toEqual(expected);
    expect(atTheDoor).toEqual([]);
  });

  it('are told to begin once, and to be over', () => {
    const told = enter('ada');
    captions.set(english);
    captions.set({ ...english });
    expect(captions.state).toEqual(english);
    captions.set({ ...english, language: 'de' });
    captions.set(null);
    captions.set(null);
    expect(captions.state).toBeNull();
    expect(told.map(({ data }) => data)).toEqual([
      { captions: english },
      { captions: { ...english, language: 'de' } },
      { captions: null },
    ]);
  });

  it('show what was said before they were over', () => {
    const told = enter('ada');
    captions.show(caption);
    expect(told).toEqual([{ event: 'transcription-text', data: caption }]);
  });

  it('go to who listens for the room as a whole, until it no longer does', () => {
    const heard: string[] = [];
    const end = captions.listen(({ text }) => {
      heard.push(text);
    });
    captions.show(caption);
    end();
    captions.show(caption);
    expect(heard).toEqual(['good morning']);
  });
});
