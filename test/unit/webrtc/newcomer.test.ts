import { describe, expect, it } from 'vitest';
import { ReplayBudget } from '../../../runtime/webrtc/send/index.ts';
import { forwarding } from './support/forwarding.ts';

const cameras = 25;
const packetsOfEach = 150;

describe('who joins a room of 25 cameras', () => {
  it('gets 200 packets of the past in all at once, and key frames of the others', () => {
    const replays = new ReplayBudget();
    const rooms = Array.from({ length: cameras }, () => {
      const room = forwarding('vp8');
      for (let i = 0; i < packetsOfEach; i++) {
        const payload = Buffer.alloc(100);
        payload.set(i === 0 ? [0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a] : [0x10, 0x11]);
        room.deliver({ sequence: i, timestamp: 3000 * i, payload, marker: true });
      }
      return room;
    });
    const requestsBefore = rooms.map(({ keyFrameRequests }) => keyFrameRequests.length);
    const got = rooms.map(({ subscribe }) => subscribe(true, { replays }).sent.length);
    expect(got).toEqual([packetsOfEach, ...Array.from({ length: cameras - 1 }, () => 0)]);
    expect(
      rooms.map(({ keyFrameRequests }, i) => keyFrameRequests.length - requestsBefore[i]!).slice(1),
    ).toEqual(Array.from({ length: cameras - 1 }, () => 1));
  });
});
