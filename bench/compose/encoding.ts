/** The encoding that all ways make: 720p30 in x264 veryfast at 2.5 Mbps, a key frame every two seconds. */
export const encoding = {
  width: 1280,
  height: 720,
  framesPerSecond: 30,
  bitrateBps: 2_500_000,
  keyFrameIntervalMs: 2000,
} as const;

const { framesPerSecond, bitrateBps, keyFrameIntervalMs } = encoding;

/** The same for an ffmpeg that composes or grabs by itself, into nothing. */
export const x264Arguments: readonly string[] = [
  ...[
    '-pix_fmt',
    'yuv420p',
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-tune',
    'zerolatency',
    '-threads',
    '1',
  ],
  ...['-b:v', String(bitrateBps), '-maxrate', String(bitrateBps), '-bufsize', String(bitrateBps)],
  ...['-bf', '0', '-g', String((keyFrameIntervalMs * framesPerSecond) / 1000), '-x264-params', 'scenecut=0'],
  ...['-f', 'h264', '-y', '/dev/null'],
];
