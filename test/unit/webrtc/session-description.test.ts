import { describe, expect, it } from 'vitest';
import { RoomflowError } from '../../../runtime/contract/index.ts';
import { createPublisher, readOfferedMedia } from '../../../runtime/webrtc/index.ts';
import { readRemoteDescription } from '../../../runtime/webrtc/sdp/remote-description.ts';

const transport = [
  'a=ice-ufrag:abcd',
  'a=ice-pwd:abcdefghijklmnopqrstuvwx',
  `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
  'a=setup:actpass',
  'a=rtcp-mux',
];
const session = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0'];
const video = ['m=video 9 UDP/TLS/RTP/SAVPF 96 97', 'c=IN IP4 0.0.0.0', 'a=mid:v', 'a=sendonly'];
const vp8 = ['a=rtpmap:96 VP8/90000', 'a=rtpmap:97 rtx/90000', 'a=fmtp:97 apt=96'];

const sdp = (...lines: string[]) => `${lines.join('\r\n')}\r\n`;
const valid = sdp(...session, 'a=group:BUNDLE v', ...video, ...transport, ...vp8);

const h264 = (fmtp: string) =>
  sdp(
    ...session,
    'a=group:BUNDLE v',
    ...video,
    ...transport,
    'a=rtpmap:97 H264/90000',
    `a=fmtp:97 ${fmtp}`,
    'a=rtpmap:96 VP8/90000',
  );

function refusal(text: string): RoomflowError {
  try {
    readRemoteDescription(text, 'offer');
  } catch (error) {
    expect(error).toBeInstanceOf(RoomflowError);
    return error as RoomflowError;
  }
  throw new Error('The SDP was accepted.');
}

describe('a session description', () => {
  it('tells what it offers', () => {
    expect(readOfferedMedia(valid)).toEqual([{ mid: 'v', type: 'video', sends: true, receives: false }]);
    const { sections } = readRemoteDescription(valid, 'offer');
    expect(sections[0]?.codecs).toEqual([
      { name: 'vp8', clockRate: 90_000, payloadType: 96, fmtp: '', rtxPayloadType: 97 },
    ]);
  });

  it.each([
    ['nothing', '', 'begin with "v=0"'],
    ['prose', 'hello world', '"hello world"'],
    ['no media', sdp(...session), 'no media section'],
    ['no ICE credentials', sdp(...session, ...video, ...vp8), 'a=ice-ufrag'],
    ['a short password', valid.replace('abcdefghijklmnopqrstuvwx', 'short'), 'a=ice-pwd'],
    ['no fingerprint', valid.replace(/a=fingerprint.*\r\n/, ''), 'a=fingerprint is missing'],
    ['a broken fingerprint', valid.replace(/AB:AB/, 'XY:ZZ'), 'not a SHA fingerprint'],
    ['plain RTP', valid.replace('UDP/TLS/RTP/SAVPF', 'RTP/AVP'), '"RTP/AVP"'],
    ['an unknown role', valid.replace('setup:actpass', 'setup:maybe'), '"maybe"'],
    ['a mid that is no token', valid.replace('a=mid:v', 'a=mid:<script>'), '<script>'],
    [
      'the same mid twice',
      sdp(...session, 'a=group:BUNDLE v', ...video, ...transport, ...vp8, ...video, ...transport, ...vp8),
      'two media sections have the mid "v"',
    ],
    [
      'sections without a bundle',
      sdp(
        ...session,
        ...video,
        ...transport,
        ...vp8,
        'm=audio 9 UDP/TLS/RTP/SAVPF 111',
        'a=mid:a',
        ...transport,
      ),
      'BUNDLE',
    ],
  ])('is refused with "invalid-sdp" when it holds %s', (_, text, quoted) => {
    const error = refusal(text);
    expect(error.code).toBe('invalid-sdp');
    expect(error.message).toContain(quoted);
  });

  it('is never anything but read or refused, whatever bytes it holds', () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed % below;
    };
    const lines = valid.split('\r\n');
    for (let i = 0; i < 3000; i++) {
      let text = [...lines];
      for (let change = 0; change <= random(4); change++) {
        const at = random(text.length);
        const line = text[at] ?? '';
        switch (random(5)) {
          case 0:
            text.splice(at, 1);
            break;
          case 1:
            text.splice(at, 0, lines[random(lines.length)] ?? '');
            break;
          case 2:
            text[at] = line.slice(0, random(line.length + 1));
            break;
          case 3:
            text[at] = line.replace(/[0-9]+/g, String(random(2) === 0 ? -1 : 99999999999));
            break;
          default:
            text = [
              ...text.slice(0, at),
              String.fromCharCode(random(300)).repeat(random(50)),
              ...text.slice(at),
            ];
        }
      }
      try {
        readRemoteDescription(text.join('\r\n'), random(2) === 0 ? 'offer' : 'answer');
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid-sdp' });
      }
    }
  });
});

describe('the choice of codec', () => {
  const first = (text: string) => readRemoteDescription(text, 'offer').sections[0]?.codecs[0]?.name;

  it('takes H.264 constrained baseline in packetization mode 1, however it is written', () => {
    // Browsers, Safari, FFmpeg's WHIP, and the two other profiles with the constraints that make them one.
    for (const profile of ['42e01f', '42C01F', '42400d', '4d801f', '58c01f']) {
      const fmtp = `level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${profile}`;
      expect(first(h264(fmtp).replace('SAVPF 96 97', 'SAVPF 97 96')), profile).toBe('h264');
    }
  });

  it('leaves other H.264 for the next codec', () => {
    for (const fmtp of [
      'packetization-mode=0;profile-level-id=42e01f',
      'packetization-mode=1;profile-level-id=640c1f',
      'packetization-mode=1;profile-level-id=42001f',
      'packetization-mode=1;profile-level-id=4d001f',
    ]) {
      expect(first(h264(fmtp).replace('SAVPF 96 97', 'SAVPF 97 96'))).toBe('vp8');
    }
  });
});

describe('a publisher', () => {
  const announce = [{ mid: 'v', kind: 'video' as const, trackId: 't' }];
  const silent = { onTrack: () => undefined, onTrackEnded: () => undefined, onState: () => undefined };

  it('answers with candidates, its role and what it takes', async () => {
    const publisher = await createPublisher({ bindAddresses: ['127.0.0.1'] }, 'alice', silent);
    const answer = await publisher.answer(valid, announce);
    expect(answer).toContain('a=recvonly');
    expect(answer).toContain('a=setup:active');
    expect(answer).toMatch(/a=candidate:\d+ 1 udp \d+ 127\.0\.0\.1 \d+ typ host/);
    expect(answer).toContain('a=rtcp-fb:96 nack pli');
    await publisher.close();
  });

  it('announces public addresses with the port it bound', async () => {
    const publisher = await createPublisher(
      { bindAddresses: ['127.0.0.1'], announcedAddresses: ['203.0.113.9'], udpPortRange: [42_000, 42_400] },
      'alice',
      silent,
    );
    const answer = await publisher.answer(valid, announce);
    const ports = [...answer.matchAll(/a=candidate:\d+ 1 udp \d+ (\S+) (\d+)/g)].map((m) => [
      m[1],
      Number(m[2]),
    ]);
    expect(ports.map(([address]) => address)).toEqual(['203.0.113.9', '127.0.0.1']);
    expect(ports[0]?.[1]).toBe(ports[1]?.[1]);
    expect(ports[0]?.[1]).toBeGreaterThanOrEqual(42_000);
    expect(ports[0]?.[1]).toBeLessThanOrEqual(42_400);
    await publisher.close();
  });

  it('says so when the port range is used up, and works again when a port is free', async () => {
    const settings = { bindAddresses: ['127.0.0.1'], udpPortRange: [42_500, 42_500] as [number, number] };
    const first = await createPublisher(settings, 'alice', silent);
    await first.answer(valid, announce);
    const second = await createPublisher(settings, 'bob', silent);
    await expect(second.answer(valid, announce)).rejects.toMatchObject({ code: 'port-in-use' });
    await Promise.all([first.close(), second.close()]);
    const third = await createPublisher(settings, 'carol', silent);
    await expect(third.answer(valid, announce)).resolves.toContain(' 42500 typ host');
    await third.close();
  });

  it('refuses announcements that the offer does not hold', async () => {
    const publisher = await createPublisher({ bindAddresses: ['127.0.0.1'] }, 'alice', silent);
    await expect(publisher.answer(valid, [{ mid: 'x', kind: 'video', trackId: 't' }])).rejects.toMatchObject({
      code: 'invalid-sdp',
      message: expect.stringContaining('"x"') as unknown,
    });
    await expect(publisher.answer(valid, [{ mid: 'v', kind: 'audio', trackId: 't' }])).rejects.toMatchObject({
      code: 'invalid-sdp',
    });
    await expect(publisher.answer(valid, announce)).resolves.toContain('a=recvonly');
    await publisher.close();
  });

  it('refuses a section with a data channel and takes the rest', async () => {
    const publisher = await createPublisher({ bindAddresses: ['127.0.0.1'] }, 'alice', silent);
    const withData = `${valid.replace('BUNDLE v', 'BUNDLE v d')}${sdp(
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      'a=mid:d',
      ...transport,
      'a=sctp-port:5000',
    )}`;
    const answer = await publisher.answer(withData, announce);
    expect(answer).toContain('m=application 0 UDP/DTLS/SCTP webrtc-datachannel');
    expect(answer).toContain('a=group:BUNDLE v\r\n');
    await publisher.close();
  });
});
