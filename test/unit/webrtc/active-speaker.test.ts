import { describe, expect, it } from 'vitest';
import { ActiveSpeaker } from '../../../runtime/webrtc/index.ts';

/** Levels in -dBov of each participant, every 20 ms from `fromMs` for `durationMs`. */
function talk(
  speaker: ActiveSpeaker,
  fromMs: number,
  durationMs: number,
  levels: Record<string, number>,
): number {
  const end = fromMs + durationMs;
  for (let now = fromMs; now < end; now += 20) {
    for (const [id, level] of Object.entries(levels)) {
      speaker.onLevel(id, level, now);
    }
    if (now % 100 === 0) {
      speaker.evaluate(now);
    }
  }
  return end;
}

function listen(): { speaker: ActiveSpeaker; changes: (string | null)[] } {
  const changes: (string | null)[] = [];
  return { speaker: new ActiveSpeaker((id) => changes.push(id)), changes };
}

describe('the active speaker', () => {
  it('is the one who talks', () => {
    const { speaker, changes } = listen();
    talk(speaker, 0, 1000, { alice: 30, bob: 90 });
    expect(changes).toEqual(['alice']);
  });

  it('changes when another talks louder for a while', () => {
    const { speaker, changes } = listen();
    const now = talk(speaker, 0, 2000, { alice: 30, bob: 90 });
    talk(speaker, now, 2000, { alice: 90, bob: 30 });
    expect(changes).toEqual(['alice', 'bob']);
  });

  it('is not taken over by a cough', () => {
    const { speaker, changes } = listen();
    let now = talk(speaker, 0, 2000, { alice: 35, bob: 90 });
    now = talk(speaker, now, 200, { alice: 35, bob: 10 });
    talk(speaker, now, 2000, { alice: 35, bob: 90 });
    expect(changes).toEqual(['alice']);
  });

  it('does not flicker between two who are about as loud', () => {
    const { speaker, changes } = listen();
    let now = talk(speaker, 0, 1000, { alice: 30, bob: 90 });
    for (let i = 0; i < 20; i++) {
      now = talk(speaker, now, 300, { alice: 30 + (i % 2) * 3, bob: 33 - (i % 2) * 3 });
    }
    expect(changes).toEqual(['alice']);
  });

  it('stays through a pause between sentences and ends with a long silence', () => {
    const { speaker, changes } = listen();
    let now = talk(speaker, 0, 1000, { alice: 30 });
    now = talk(speaker, now, 1500, { alice: 110 });
    expect(changes).toEqual(['alice']);
    talk(speaker, now, 2500, { alice: 110 });
    expect(changes).toEqual(['alice', null]);
  });

  it('ends when a muted microphone sends nothing more', () => {
    const { speaker, changes } = listen();
    talk(speaker, 0, 1000, { alice: 30 });
    speaker.evaluate(5000);
    expect(changes).toEqual(['alice', null]);
  });

  it('passes on when the speaker leaves', () => {
    const { speaker, changes } = listen();
    let now = talk(speaker, 0, 1000, { alice: 30, bob: 40 });
    speaker.remove('alice', now);
    now = talk(speaker, now, 500, { bob: 40 });
    expect(changes).toEqual(['alice', null, 'bob']);
  });

  it('is nobody while there is only room noise', () => {
    const { speaker, changes } = listen();
    talk(speaker, 0, 5000, { alice: 70, bob: 65 });
    expect(changes).toEqual([]);
  });
});
