import { describe, expect, it } from 'vitest';
import type { PeopleListener } from '../../../../runtime/steps/index.ts';
import { watchForSpeech } from '../../../../runtime/steps/play/interruption.ts';

function room() {
  let people: PeopleListener | null = null;
  let heard: ((participantId: string, level: number, atMs: number) => void) | null = null;
  const interruptions: string[] = [];
  const stop = watchForSpeech(
    {
      people(listener) {
        people = listener;
        listener.joined({ participantId: 'bot', name: 'Bot', isServerSide: true });
        listener.joined({ participantId: 'ada', name: 'Ada', isServerSide: false });
        return () => {
          people = null;
        };
      },
      onAudioLevel(listener) {
        heard = listener;
        return () => {
          heard = null;
        };
      },
    },
    (participantId) => interruptions.push(participantId),
  );
  return {
    interruptions,
    stop,
    speaks(participantId: string, forMs: number) {
      for (let atMs = 0; atMs <= forMs; atMs += 20) heard?.(participantId, 20, atMs);
    },
    isWatched: () => people !== null || heard !== null,
  };
}

describe('a voice that may be interrupted', () => {
  it('is interrupted by people, and not by itself or another voice of the runtime', () => {
    const { speaks, interruptions } = room();
    speaks('bot', 1000);
    expect(interruptions).toEqual([]);
    speaks('ada', 200);
    expect(interruptions).toEqual(['ada']);
  });

  it('counts each speaker alone: two short sounds are no speech', () => {
    const { speaks, interruptions } = room();
    speaks('ada', 180);
    speaks('ben', 180);
    expect(interruptions).toEqual([]);
  });

  it('listens no longer once it is over', () => {
    const { stop, isWatched } = room();
    stop();
    expect(isWatched()).toBe(false);
  });
});
