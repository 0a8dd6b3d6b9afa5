import { describe, expect, it } from 'vitest';
import { newTrackLayer } from '../../../runtime/webrtc/incoming-track.ts';
import { PublishedTrack, StreamTable } from '../../../runtime/webrtc/receive/index.ts';
import type { ReceiveSection } from '../../../runtime/webrtc/receive/index.ts';
import { noExtensions } from '../../../runtime/webrtc/rtp/header-extensions.ts';
import { parseRtpPacket } from '../../../runtime/webrtc/rtp/packet.ts';
import type { RtpPacket } from '../../../runtime/webrtc/rtp/packet.ts';

const extensions = { ...noExtensions, mid: 1, rid: 2, repairedRid: 3 };
const codec = { name: 'vp8' as const, clockRate: 90_000, payloadType: 96, fmtp: '', rtxPayloadType: 97 };

function section(mid: string, kind: 'video' | 'screen_video', rids: string[]): ReceiveSection {
  const layers = rids.map((rid, rank) => newTrackLayer(rid, rank));
  const announced = { trackId: `track-${mid}`, streamId: 'alice', mid, kind };
  const track = new PublishedTrack(announced, codec, layers, extensions, () => undefined);
  return { mid, track, codec, extensions, ssrcs: [] };
}

function packet(ssrc: number, ids: Record<number, string>, payloadType = 96): RtpPacket {
  const elements = Buffer.concat(
    Object.entries(ids).map(([id, text]) =>
      Buffer.concat([Buffer.from([(Number(id) << 4) | (text.length - 1)]), Buffer.from(text)]),
    ),
  );
  const words = Math.ceil(elements.length / 4);
  const data = Buffer.alloc(16 + words * 4 + 10);
  data[0] = words > 0 ? 0x90 : 0x80;
  data[1] = payloadType;
  data.writeUInt32BE(ssrc, 8);
  if (words > 0) {
    data.writeUInt16BE(0xbede, 12);
    data.writeUInt16BE(words, 14);
    elements.copy(data, 16);
  }
  return parseRtpPacket(data)!;
}

describe('finding the track of a packet', () => {
  it('keeps two simulcast senders with the same rids apart by their mids', () => {
    const table = new StreamTable();
    const camera = section('0', 'video', ['q', 'h', 'f']);
    const screen = section('1', 'screen_video', ['q', 'h', 'f']);
    table.setSection(camera);
    table.setSection(screen);
    const learned = ['0', '1'].flatMap((mid, i) =>
      ['q', 'h', 'f'].map((rid, j) => table.learn(packet(100 * i + j + 1, { 1: mid, 2: rid }))),
    );
    expect(learned.map((route) => [route?.stream.section.mid, route?.stream.layer.rid])).toEqual([
      ['0', 'q'],
      ['0', 'h'],
      ['0', 'f'],
      ['1', 'q'],
      ['1', 'h'],
      ['1', 'f'],
    ]);
    expect(table.get(2)?.stream.section.track).toBe(camera.track);
    expect(table.get(102)?.stream.section.track).toBe(screen.track);
  });

  it('assigns retransmissions to the layer that they repair', () => {
    const table = new StreamTable();
    table.setSection(section('0', 'video', ['q', 'f']));
    table.setSection(section('1', 'screen_video', ['q', 'f']));
    table.learn(packet(1, { 1: '0', 2: 'q' }));
    table.learn(packet(2, { 1: '1', 2: 'q' }));
    const route = table.learn(packet(3, { 1: '1', 3: 'q' }, 97));
    expect(route).toMatchObject({ isRtx: true, stream: { ssrc: 2 } });
  });

  it('knows announced SSRCs without any mid', () => {
    const table = new StreamTable();
    table.setSection({ ...section('0', 'video', ['']), ssrcs: [{ ssrc: 11, rtxSsrc: 12 }] });
    table.setSection({ ...section('1', 'screen_video', ['']), ssrcs: [{ ssrc: 21, rtxSsrc: 22 }] });
    expect(table.learn(packet(21, {}))?.stream.section.mid).toBe('1');
    expect(table.learn(packet(22, {}, 97))).toMatchObject({ isRtx: true, stream: { ssrc: 21 } });
    expect(table.learn(packet(11, {}))?.stream.section.mid).toBe('0');
  });

  it('leaves packets of nobody alone, however many SSRCs are invented', () => {
    const table = new StreamTable();
    table.setSection(section('0', 'video', ['q', 'f']));
    expect(table.learn(packet(1, { 1: '9', 2: 'x' }))).toBeUndefined();
    expect(table.learn(packet(1, { 1: '0', 2: 'nobody' }))).toBeUndefined();
    for (let ssrc = 1; ssrc < 10_000; ssrc++) {
      table.learn(packet(ssrc, { 1: '0', 2: ssrc % 2 === 0 ? 'q' : 'f' }));
    }
    expect(table.streams.length).toBeLessThanOrEqual(2);
  });

  it('forgets the streams of a section that went', () => {
    const table = new StreamTable();
    table.setSection(section('0', 'video', ['']));
    table.learn(packet(5, { 1: '0' }));
    expect(table.removeSection('0')).toEqual([5]);
    expect(table.get(5)).toBeUndefined();
  });
});
