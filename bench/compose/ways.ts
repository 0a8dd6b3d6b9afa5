import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { forwardingArguments } from '../../runtime/worker/garbage-collection.ts';
import type { CompositionRun } from './composition-run.ts';
import { encoding, x264Arguments } from './encoding.ts';
import type { Way } from './measure.ts';

const { width, height, framesPerSecond } = encoding;
/** Four tiles of the same proportions as the whole. */
const tile = `${width / 2}:${height / 2}`;

/** Our compositor, fed in real time in what a media worker is. */
export const ourWay = (run: CompositionRun): Way => ({
  command: process.execPath,
  args: [...forwardingArguments, join(import.meta.dirname, 'composition-process.ts'), JSON.stringify(run)],
  readyWhen: /^first frame/,
});

/** The lower bound: one ffmpeg that decodes, scales, stacks and encodes four pictures that never change their place. */
export const staticWay = (clipFile: string, withSound: boolean): Way => {
  const inputs = Array.from({ length: 4 }, () => [
    '-re',
    '-stream_loop',
    '-1',
    '-threads',
    '1',
    '-i',
    clipFile,
  ]);
  const scaled = [0, 1, 2, 3].map((input) => `[${input}:v]scale=${tile}:flags=bilinear[v${input}]`);
  const stacked = '[v0][v1][v2][v3]xstack=inputs=4:layout=0_0|w0_0|0_h0|w0_h0[v]';
  const mixed = withSound ? ['[0:a][1:a][2:a][3:a]amix=inputs=4[a]'] : [];
  return {
    command: 'ffmpeg',
    args: [
      ...[
        '-nostdin',
        '-v',
        'error',
        ...inputs.flat(),
        '-filter_threads',
        '1',
        '-filter_complex_threads',
        '1',
      ],
      ...['-filter_complex', [...scaled, stacked, ...mixed].join(';')],
      ...(withSound ? ['-map', '[a]', '-c:a', 'aac', '-b:a', '128k', '-f', 'adts', '-y', '/dev/null'] : []),
      ...['-map', '[v]', '-r', String(framesPerSecond), ...x264Arguments],
    ],
  };
};

/** The browser baseline: Chromium shows the four clips on a screen of Xvfb, which ffmpeg grabs and encodes. */
export const browserWay = async (folder: string, clipFile: string): Promise<Way> => {
  const video = `<video src="file://${clipFile}" muted autoplay loop></video>`;
  const style =
    'body{margin:0;background:#000;display:grid;grid-template:50vh 50vh/50vw 50vw}video{width:100%;height:100%;object-fit:cover}';
  const page = join(folder, 'tiles.html');
  await writeFile(page, `<!doctype html><style>${style}</style>${video.repeat(4)}`);
  const script = join(folder, 'browser.sh');
  await writeFile(script, browserScript(page, join(folder, 'profile')));
  return { command: '/bin/sh', args: [script], readyWhen: /^grabbing/ };
};

/** Xvfb chooses a display that is free and tells its number on descriptor 6. */
const browserScript = (page: string, profile: string): string => `
trap 'kill $grabber $browser $screen 2>/dev/null; wait; exit 0' TERM INT
# Of the round before: the number of a display that is gone, and a profile that another browser holds.
rm -rf ${profile}.display ${profile}
Xvfb -displayfd 6 -screen 0 ${width}x${height}x24 -nolisten tcp 6>${profile}.display 2>/dev/null &
screen=$!
while [ ! -s ${profile}.display ]; do sleep 0.1; done
DISPLAY=:$(cat ${profile}.display); export DISPLAY
\${CHROMIUM_PATH:-chromium} --no-sandbox --no-first-run --disable-gpu --kiosk --window-position=0,0 \\
  --window-size=${width},${height} --autoplay-policy=no-user-gesture-required --disable-background-networking \\
  --disable-component-update --disable-sync --user-data-dir=${profile} "file://${page}" >/dev/null 2>&1 &
browser=$!
sleep 5
ffmpeg -nostdin -v error -f x11grab -framerate ${framesPerSecond} -video_size ${width}x${height} -draw_mouse 0 -i $DISPLAY \\
  ${x264Arguments.join(' ')} &
grabber=$!
echo grabbing
wait
`;
