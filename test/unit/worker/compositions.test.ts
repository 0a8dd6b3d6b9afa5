import { describe, expect, it } from 'vitest';
import type { EncodedFrame } from '../../../runtime/media/index.ts';
import { broadcastProfile, type CompositionSink } from '../../../runtime/steps/index.ts';
import { SessionDouble } from './support/session-double.ts';

const size = { width: 1280, height: 720 };
const profile = broadcastProfile(size);

const picture = (timestampMs: number, key = false, codec: 'h264' | 'vp8' = 'h264'): EncodedFrame => ({
  kind: 'video',
  codec,
  timestampMs,
  key,
  data: new Uint8Array([timestampMs & 0xff]),
  ...(key ? size : {}),
});
const sound = (timestampMs: number): EncodedFrame => ({
  kind: 'audio',
  codec: 'aac',
  timestampMs,
  key: true,
  data: new Uint8Array([1]),
});

/** A sink that notes what it is given. */
function notes(): CompositionSink & { pictures: number[]; sounds: number[]; told: string[] } {
  const noted = { pictures: [] as number[], sounds: [] as number[], told: [] as string[] };
  return {
    ...noted,
    frame(frame) {
      (frame.kind === 'video' ? noted.pictures : noted.sounds).push(frame.timestampMs);
    },
    interrupted: (reason) => noted.told.push(`interrupted: ${reason}`),
    failed: (error) => noted.told.push(`failed: ${error.message}`),
  };
}

describe('compositions of a session', () => {
  it('are shared by those who were given the same one, and end when nobody holds them', () => {
    const session = new SessionDouble();
    const [first, second] = [
      session.compositions.hold('one', { config: {} }),
      session.compositions.hold('one', { config: {} }),
    ];
    session.compositions.hold('two', { config: { mode: 'audio' } });
    expect(session.compositors.map(({ options }) => options.canvas)).toEqual([size, null]);
    first.close();
    first.close();
    expect(session.compositors[0]!.isClosed).toBe(false);
    second.close();
    expect(session.compositors[0]!.isClosed).toBe(true);
  });

  it('encode once for sinks of the same profile, and each begins with a key frame', () => {
    const session = new SessionDouble();
    const hold = session.compositions.hold('one', { config: {} });
    const [early, late] = [notes(), notes()];
    hold.addOutput(profile, early);
    const [compositor] = session.compositors;
    compositor!.make(picture(0, true));
    compositor!.make(picture(33));
    hold.addOutput({ ...profile }, late);
    expect(compositor!.profiles).toEqual([profile]);
    expect(compositor!.keyFrameRequests).toBe(2);
    compositor!.make(picture(67));
    compositor!.make(sound(70));
    compositor!.make(picture(100, true));
    expect(early.pictures).toEqual([0, 33, 67, 100]);
    expect(late.pictures).toEqual([100]);
    expect(late.sounds).toEqual([70]);
  });

  it('close an encoder with its last sink', () => {
    const session = new SessionDouble();
    const hold = session.compositions.hold('one', { config: {} });
    const outputs = [hold.addOutput(profile, notes()), hold.addOutput(profile, notes())];
    outputs[0]!.close();
    expect(session.compositors[0]!.profiles).toHaveLength(1);
    outputs[1]!.close();
    expect(session.compositors[0]!.profiles).toHaveLength(0);
  });

  it('follow who comes, goes, is muted, speaks and is pinned', async () => {
    const session = new SessionDouble();
    await session.present({ participantId: 'ada' });
    session.compositions.hold('one', { config: {} });
    const [compositor] = session.compositors;
    await session.present({ participantId: 'bob', published: new Set(['audio']) });
    expect(compositor!.scenes.at(-1)!.people.map(({ camera }) => camera)).toEqual(['ada/video', null]);
    session.activeSpeakerId = 'bob';
    session.pinnedIds = ['ada'];
    await session.present({ participantId: 'bob', name: 'Bob', muted: new Set(['audio']) });
    expect(compositor!.scenes.at(-1)).toMatchObject({
      activeSpeakerId: 'bob',
      pinnedIds: ['ada'],
      people: [{}, { name: 'Bob', microphoneMuted: true }],
    });
    await session.left('ada');
    expect(compositor!.scenes.at(-1)!.people.map(({ participantId }) => participantId)).toEqual(['bob']);
    expect(session.tapped('ada')).toEqual([]);
  });

  it('tap those who come back under the same id anew', async () => {
    const session = new SessionDouble();
    session.compositions.hold('one', { config: {} });
    await session.present({ participantId: 'ada' });
    await session.present({ participantId: 'ada', media: {} });
    session.send('ada', 'video', picture(0, true, 'vp8'));
    expect(session.compositors[0]!.pushed.map(({ source }) => source)).toEqual(['ada/video']);
  });

  it('show only those who may send: a viewer comes on stage and leaves it', async () => {
    const session = new SessionDouble();
    session.compositions.hold('one', { config: {} });
    await session.present({ participantId: 'eve', mode: 'RECV_ONLY' });
    expect(session.tapped('eve')).toEqual([]);
    await session.present({ participantId: 'eve', mode: 'SEND_AND_RECV' });
    expect(session.tapped('eve')).toEqual(['audio', 'video', 'screen_audio', 'screen_video']);
    await session.present({ participantId: 'eve', mode: 'RECV_ONLY' });
    expect(session.tapped('eve')).toEqual([]);
  });

  it('ask the sender for the key frames their compositor needs', async () => {
    const session = new SessionDouble();
    await session.present({ participantId: 'ada' });
    session.compositions.hold('one', { config: {} });
    session.compositors[0]!.options.requestKeyFrame('ada/screen_video');
    expect(session.keyFrameRequests).toEqual(['ada/screen_video']);
  });

  it('change their look for all who hold them, and keep what is not named', () => {
    const session = new SessionDouble();
    const hold = session.compositions.hold('one', { config: { theme: 'DARK' } });
    session.compositions.hold('one', { config: { theme: 'DARK' } }).update({ layout: { type: 'SPOTLIGHT' } });
    hold.update({ labels: false });
    expect(session.compositors[0]!.looks.at(-1)).toMatchObject({
      theme: 'DARK',
      labels: false,
      layout: { type: 'SPOTLIGHT', gridSize: 25 },
    });
  });

  it('tell sinks when their child was started anew, and hand on from its key frame', () => {
    const session = new SessionDouble();
    const sink = notes();
    session.compositions.hold('one', { config: {} }).addOutput(profile, sink);
    const [compositor] = session.compositors;
    compositor!.make(picture(0, true));
    compositor!.options.onRestart('signal SIGKILL');
    compositor!.make(picture(500));
    compositor!.make(picture(533, true));
    expect(sink.told).toEqual(['interrupted: signal SIGKILL']);
    expect(sink.pictures).toEqual([0, 533]);
  });

  it('tell everybody when they cannot go on, and begin anew for the next who asks', () => {
    const session = new SessionDouble();
    const sink = notes();
    const hold = session.compositions.hold('one', { config: {} });
    const heard: string[] = [];
    hold.onFailure((error) => heard.push(error.message));
    hold.addOutput(profile, sink);
    session.compositors[0]!.options.onFailure(new Error('no codec'));
    expect(sink.told).toEqual(['failed: no codec']);
    expect(heard).toEqual(['no codec']);
    session.compositions.hold('one', { config: {} });
    expect(session.compositors).toHaveLength(2);
    hold.close();
    expect(session.compositors[1]!.isClosed).toBe(false);
  });

  it('end with the session', async () => {
    const session = new SessionDouble();
    session.compositions.hold('one', { config: {} });
    await session.compositions.close();
    expect(session.compositors[0]!.isClosed).toBe(true);
  });
});

describe('a composition of one H.264 camera', () => {
  const request = { config: {}, participants: [{ participantId: 'ada' }] };

  async function onCamera(videoCodec = 'h264') {
    const session = new SessionDouble();
    await session.present({ participantId: 'ada', videoCodec });
    const hold = session.compositions.hold('one', request);
    const sink = notes();
    hold.addOutput(profile, sink);
    return { session, hold, sink };
  }

  it('hands on its pictures as they are and draws nothing', async () => {
    const { session, sink, hold } = await onCamera();
    const frames = [picture(0, true), picture(33), picture(67)];
    for (const frame of frames) {
      session.send('ada', 'video', frame);
    }
    session.send('ada', 'audio', { ...sound(10), codec: 'opus' });
    session.compositors[0]!.make(sound(21));
    expect(session.compositors).toHaveLength(1);
    const [{ options, profiles, pushed }] = session.compositors as [(typeof session.compositors)[0]];
    expect(options.canvas).toBeNull();
    expect(profiles).toEqual([{ ...profile, video: null }]);
    expect(pushed.map(({ source }) => source)).toEqual(['ada/audio']);
    expect(sink.pictures).toEqual([0, 33, 67]);
    expect(sink.sounds).toEqual([21]);
    expect(hold.stats()).toMatchObject({ passthrough: true });
  });

  it('is asked for a key frame as often as its outputs need one', async () => {
    const { session } = await onCamera();
    session.send('ada', 'video', picture(0, true));
    const asked = (): number => session.keyFrameRequests.length;
    const before = asked();
    for (let at = 100; at <= 4000; at += 100) {
      session.send('ada', 'video', picture(at));
      session.wait(100);
    }
    expect(asked() - before).toBe(2);
    session.send('ada', 'video', picture(4100, true));
    session.wait(900);
    expect(asked() - before).toBe(2);
  });

  it.each([
    ['another codec', 'vp8', size],
    ['another size', 'h264', { width: 640, height: 360 }],
  ])('is composed when it is of %s', async (_what, codec, sent) => {
    const { session, sink } = await onCamera(codec);
    session.send('ada', 'video', { ...picture(0, true), ...sent });
    const compositor = session.compositors.at(-1)!;
    expect(compositor.options.canvas).toEqual(size);
    compositor.make(picture(100, true));
    expect(sink.pictures).toEqual([100]);
  });

  it('is composed while it is muted, without a picture or a sound twice, and not at all before', async () => {
    const { session, sink } = await onCamera();
    session.send('ada', 'video', picture(1000, true));
    session.compositors[0]!.make(sound(900));
    await session.present({ participantId: 'ada', muted: new Set(['video']) });
    const [camera, drawn] = session.compositors;
    expect(camera!.isClosed).toBe(false);
    drawn!.make(sound(900));
    drawn!.make(sound(921));
    drawn!.make(picture(967, true));
    drawn!.make(picture(1000));
    expect(sink.told).toEqual([]);
    drawn!.make(picture(1033));
    expect(drawn!.keyFrameRequests).toBe(1);
    drawn!.make(picture(1067, true));
    drawn!.make(picture(1100));
    expect(sink.told).toHaveLength(1);
    expect(sink.pictures).toEqual([1000, 1067, 1100]);
    expect(sink.sounds).toEqual([900, 921]);
    expect(camera!.isClosed).toBe(true);
  });

  it('is composed when no picture comes for a second, so that the output goes on', async () => {
    const { session } = await onCamera();
    session.send('ada', 'video', picture(0, true));
    session.wait(1000);
    expect(session.compositors).toHaveLength(1);
    session.wait(100);
    expect(session.compositors).toHaveLength(2);
  });

  it('is taken as it is again once it has been back for two seconds, from a key frame on', async () => {
    const { session, sink } = await onCamera();
    session.send('ada', 'video', picture(0, true));
    await session.present({ participantId: 'ada', muted: new Set(['video']) });
    session.compositors[1]!.make(picture(100, true));
    await session.present({ participantId: 'ada', muted: new Set() });
    for (let at = 200; at <= 2400; at += 200) {
      session.send('ada', 'video', picture(at, at === 200));
      session.compositors[1]!.make(picture(at - 100));
      session.wait(200);
    }
    const [, drawn, camera] = session.compositors;
    expect(camera!.options.canvas).toBeNull();
    const asked = session.keyFrameRequests.length;
    camera!.make(sound(2400));
    expect(session.keyFrameRequests).toHaveLength(asked + 1);
    session.send('ada', 'video', picture(2600));
    expect(drawn!.isClosed).toBe(false);
    session.send('ada', 'video', picture(2633, true));
    session.send('ada', 'video', picture(2667));
    expect(drawn!.isClosed).toBe(true);
    expect(sink.pictures.slice(-3)).toEqual([2300, 2633, 2667]);
    expect(sink.told).toHaveLength(2);
  });

  it('is composed for an output that needs another size', async () => {
    const { session, hold } = await onCamera();
    hold.addOutput(broadcastProfile({ width: 640, height: 360 }), notes());
    expect(session.compositors.at(-1)!.options.canvas).toEqual(size);
  });

  it('is composed when something has to be drawn over it', async () => {
    const { session, hold } = await onCamera();
    hold.update({ watermarks: [{ type: 'text', text: 'live' }] });
    expect(session.compositors.at(-1)!.options.canvas).toEqual(size);
  });

  it('does not notice that another child makes its sound', async () => {
    const { session, sink } = await onCamera();
    session.send('ada', 'video', picture(0, true));
    session.compositors[0]!.options.onRestart('signal SIGKILL');
    session.send('ada', 'video', picture(33));
    expect(sink.told).toEqual([]);
    expect(sink.pictures).toEqual([0, 33]);
  });
});
