import { beforeEach, describe, expect, it } from 'vitest';
import { SourceGate } from '../../../../runtime/media/compose/source-gate.ts';
import type { EncodedFrame } from '../../../../runtime/media/index.ts';

const picture = (key: boolean): EncodedFrame => ({
  kind: 'video',
  codec: 'vp8',
  timestampMs: 0,
  key,
  data: Buffer.alloc(1),
});
const sound: EncodedFrame = {
  kind: 'audio',
  codec: 'opus',
  timestampMs: 0,
  key: true,
  data: Buffer.alloc(1),
};

describe('the gate in front of a compositor’s child', () => {
  let requests: number;
  let gate: SourceGate;
  beforeEach(() => {
    requests = 0;
    gate = new SourceGate(0, () => {
      requests += 1;
    });
  });

  it('opens with a key frame and asks for one until it comes, not with every frame', () => {
    const admitted = [0, 33, 66, 600].map((nowMs) => gate.admits(picture(false), false, nowMs));
    expect(admitted).toEqual([false, false, false, false]);
    expect(requests).toBe(2);
    expect(gate.admits(picture(true), false, 633)).toBe(true);
    expect(gate.admits(picture(false), false, 666)).toBe(true);
  });

  it('drops all pictures up to the next key frame once the child does not keep up', () => {
    gate.admits(picture(true), false, 0);
    expect(gate.admits(picture(false), true, 33)).toBe(false);
    expect(gate.admits(picture(false), false, 66)).toBe(false);
    expect(requests).toBe(1);
    expect(gate.admits(picture(true), false, 100)).toBe(true);
  });

  it('drops only the sound that comes while the child does not keep up', () => {
    expect(gate.admits(sound, true, 0)).toBe(false);
    expect(gate.admits(sound, false, 20)).toBe(true);
  });

  it('waits for a key frame anew when another child takes over', () => {
    gate.admits(picture(true), false, 0);
    gate.reset();
    expect(gate.admits(picture(false), false, 33)).toBe(false);
    expect(requests).toBe(1);
  });

  it('passes on what the child asks for although it has just asked itself', () => {
    gate.admits(picture(false), false, 0);
    gate.passRequestOn(100);
    expect(requests).toBe(2);
    gate.admits(picture(false), false, 200);
    expect(requests).toBe(2);
  });
});
