import { describe, expect, it } from 'vitest';
import { parseDestination } from '../../../runtime/media/rtmp/destination.ts';
import { beginning, handedOver, isAlive, taken } from '../../../runtime/media/rtmp/liveness.ts';
import { pushError } from '../../../runtime/media/rtmp/push-error.ts';
import { redacted } from '../../../runtime/media/rtmp/redaction.ts';
import { retryPauseMs } from '../../../runtime/media/rtmp/retry-pause.ts';

describe('an RTMP address', () => {
  it.each([
    [
      { url: 'rtmp://a.rtmp.youtube.com/live2', streamKey: 'abcd-efgh' },
      ['rtmp://a.rtmp.youtube.com/live2', 'live2', 'abcd-efgh'],
    ],
    [
      { url: 'rtmps://live-api-s.facebook.com:443/rtmp/', streamKey: ' FB-1-0-Ab?s_bl=1&s_psm=2 ' },
      ['rtmps://live-api-s.facebook.com:443/rtmp', 'rtmp', 'FB-1-0-Ab?s_bl=1&s_psm=2'],
    ],
    [
      { url: 'rtmp://live.twitch.tv/app/live_123_secret?bandwidthtest=true' },
      ['rtmp://live.twitch.tv/app', 'app', 'live_123_secret?bandwidthtest=true'],
    ],
    [
      { url: 'rtmp://10.0.0.1:1936/app/instance/key' },
      ['rtmp://10.0.0.1:1936/app/instance', 'app/instance', 'key'],
    ],
    [{ url: 'rtmp://host/app?token=hush', streamKey: 'key' }, ['rtmp://host/app', 'app?token=hush', 'key']],
    [
      { url: 'rtmp://a.rtmp.youtube.com/live2/abcd-efgh', streamKey: 'abcd-efgh' },
      ['rtmp://a.rtmp.youtube.com/live2', 'live2', 'abcd-efgh'],
    ],
    [
      { url: 'rtmp://host/app/a%20key/1/', streamKey: 'a key/1?auth=hush' },
      ['rtmp://host/app', 'app', 'a key/1?auth=hush'],
    ],
    [{ url: 'rtmp://host/live', streamKey: 'live' }, ['rtmp://host/live', 'live', 'live']],
  ])(
    '%o is taken apart into what is shown and what is secret',
    (output, [shownUrl, application, playPath]) => {
      expect(parseDestination(output)).toMatchObject({ shownUrl, application, playPath });
    },
  );

  it.each([
    ['an application alone', { url: 'rtmp://host/live' }, /streamKey is missing.*rtmp:\/\/host\/live/],
    ['no application', { url: 'rtmp://host', streamKey: 'secret' }, /names no application/],
    ['another scheme', { url: 'https://host/live', streamKey: 'secret' }, /not an address like/],
    ['no address at all', { url: 'rtmp://', streamKey: 'secret' }, /not an address like/],
    ['a password', { url: 'rtmp://user:secret@host/live', streamKey: 'key' }, /user name or password/],
    ['a line break', { url: 'rtmp://host/live', streamKey: 'secret\nlisten=1' }, /line break/],
    ['a key beyond measure', { url: 'rtmp://host/live', streamKey: 'secret'.repeat(200) }, /longer than/],
  ])('%s is refused, without a word of what is secret', (_what, output, message) => {
    let refusal: unknown;
    try {
      parseDestination(output, 'outputs/0');
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({
      code: 'invalid-livestream-config',
      message: expect.stringMatching(message) as string,
    });
    expect(String(refusal)).not.toContain('secret');
  });
});

describe('what a server says', () => {
  const destination = parseDestination({
    url: 'rtmp://host/app?auth=t0k3n',
    streamKey: 'live key/1?pass=hush',
  });

  it.each([
    'rtmp://host/app/live key/1?pass=hush',
    'Stream "live key/1" is taken',
    'no such stream live%20key%2F1%3Fpass%3Dhush',
    'bad parameters: pass=hush',
    'app?auth=t0k3n is not allowed',
  ])('is told without the key: %s', (text) => {
    expect(redacted(text, destination)).not.toMatch(/live key|live%20key|hush|t0k3n/);
    expect(redacted(text, destination)).toContain('[hidden]');
  });

  it.each([
    [
      [
        '[tcp @ 0x55a8fe916480] Connection to tcp://127.0.0.1:9?tcp_nodelay=1 failed: Connection refused',
        '[rtmp @ 0x55a8fe917700] Cannot open connection tcp://127.0.0.1:9?tcp_nodelay=1',
        'rtmp://127.0.0.1:9/: Connection refused',
      ],
      'Connection refused',
    ],
    [
      [
        '[rtmp @ 0x1] Server error: Publish to live key/1?pass=hush denied',
        'rtmp://127.0.0.1:9/: Operation not permitted',
      ],
      'Server error: Publish to [hidden] denied',
    ],
    [
      [
        '[tls @ 0x55cab91b3340] Peer certificate failed verification',
        '[rtmps @ 0x1] Cannot open connection tls://localhost:35843',
        'rtmps://localhost:35843/: Input/output error',
      ],
      'Peer certificate failed verification',
    ],
    [
      ['av_interleaved_write_frame(): Broken pipe', 'Error writing trailer of rtmp://h/: Broken pipe'],
      'Broken pipe',
    ],
    [[], 'The connection was closed.'],
  ])('%j becomes one line for people: %s', (complaints, line) => {
    expect(pushError(complaints, destination)).toBe(line);
  });
});

describe('a peer', () => {
  it('that does not answer the handshake is given up within ten seconds', () => {
    const peer = handedOver(beginning(1000), 1100);
    expect(isAlive(peer, 7000)).toBe(true);
    expect(isAlive(peer, 11_000)).toBe(false);
  });

  it('that takes no more bytes is given up within ten seconds of the last', () => {
    const live = taken(handedOver(beginning(0), 10), 368, 100);
    const stalled = handedOver(live, 60_000);
    expect(isAlive(handedOver(stalled, 63_000), 63_500)).toBe(true);
    expect(isAlive(taken(stalled, 368, 65_900), 66_000)).toBe(false);
  });

  it('that takes what it is given lives on', () => {
    let peer = beginning(0);
    for (let second = 1; second <= 60; second += 1) {
      peer = taken(handedOver(peer, second * 1000), second * 300_000, second * 1000 + 500);
      expect(isAlive(peer, second * 1000 + 900)).toBe(true);
    }
  });

  it('has accepted the stream once it goes on taking it, not with its first bytes', () => {
    const first = taken(beginning(0), 368, 100);
    expect(first.accepted).toBe(false);
    expect(taken(first, 40_000, 130).accepted).toBe(false);
    expect(taken(first, 400_000, 600).accepted).toBe(true);
  });

  it('that is given nothing owes nothing', () => {
    expect(isAlive(taken(beginning(0), 368, 100), 3_600_000)).toBe(true);
  });
});

describe('the pauses between attempts', () => {
  it('begin short and grow', () => {
    const pauses = [1, 2, 3, 4, 5].map((retry) => retryPauseMs(retry, 0, 0));
    expect(pauses).toEqual([250, 500, 1000, 2000, 3000]);
  });

  it('stay short enough for two minutes to be back within five seconds of the server', () => {
    for (let downForMs = 0; downForMs <= 120_000; downForMs += 1000) {
      expect(retryPauseMs(50, downForMs, 0)).toBeLessThanOrEqual(4000);
    }
  });

  it('grow to half a minute while a server stays away', () => {
    expect(retryPauseMs(200, 600_000, 0)).toBe(20_000);
    expect(retryPauseMs(2000, 86_400_000, 0)).toBe(30_000);
  });

  it('are shortened by up to a quarter, so that outputs do not come back all at once', () => {
    expect(retryPauseMs(5, 0, 1)).toBe(3000 * 0.75);
    expect(retryPauseMs(5, 0, 0.5)).toBe(3000 * 0.875);
  });
});
