import { describe, expect, it } from 'vitest';
import { describeRtp } from '../../../runtime/steps/index.ts';

describe('the description of what a tap sends as RTP', () => {
  it('names each stream with where it goes and how it is encoded', () => {
    const text = describeRtp('stp_1', [
      { index: 0, codec: 'opus', payloadType: 111, ssrc: 7, address: '192.0.2.5', port: 5004 },
      { index: 1, codec: 'h264', payloadType: 102, ssrc: 8, address: '2001:db8::5', port: 5006 },
    ]);
    expect(text.split('\r\n')).toEqual([
      'v=0',
      'o=- 0 0 IN IP4 127.0.0.1',
      's=Roomflow tap stp_1',
      't=0 0',
      'm=audio 5004 RTP/AVP 111',
      'c=IN IP4 192.0.2.5',
      'a=rtpmap:111 opus/48000/2',
      'a=ssrc:7 cname:stp_1',
      'a=recvonly',
      'm=video 5006 RTP/AVP 102',
      'c=IN IP6 2001:db8::5',
      'a=rtpmap:102 H264/90000',
      'a=fmtp:102 packetization-mode=1',
      'a=ssrc:8 cname:stp_1',
      'a=recvonly',
      '',
    ]);
  });
});
