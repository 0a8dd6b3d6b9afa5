/**
 * `node bench/flame-graph.ts <profile.cpuprofile> <graph.svg> [title]`: draws a profile of V8 as a flame graph.
 * The width of a bar is processor time, callers stand above what they call; idle time is left out.
 */
import { writeFile } from 'node:fs/promises';
import { callTreeOf, readCpuProfile, totalMicroseconds } from './cpu-profile.ts';
import type { Call, CallFrame, CpuProfile } from './cpu-profile.ts';

const width = 1200;
const rowHeight = 18;
const margin = 16;
const headHeight = 76;
const characterWidth = 6.7;
/** Narrower bars are left out: nobody could read or hit them. */
const minWidth = 0.6;
const textColor = '#1a1a1a';

/** Colours by whose code it is; dark text has a contrast of 9 to 1 or more on each. */
const owners = [
  {
    name: 'Roomflow',
    color: '#9ad0a8',
    owns: ({ url }: CallFrame) => url.includes('/runtime/') || url.includes('/bench/'),
  },
  {
    name: 'werift and its dependencies',
    color: '#f4b9a0',
    owns: ({ url }: CallFrame) => url.includes('/node_modules/'),
  },
  { name: 'Node.js', color: '#a9c8ee', owns: ({ url }: CallFrame) => url.startsWith('node:') },
  {
    name: 'garbage collector',
    color: '#e0b3e6',
    owns: ({ functionName }: CallFrame) => functionName === '(garbage collector)',
  },
  { name: 'native code: system calls, OpenSSL, the event loop', color: '#e8dd9a', owns: () => true },
] as const;

/** Draws a profile as an SVG of its own, with a tooltip on each bar. */
export function flameGraphOf(profile: CpuProfile, title: string): string {
  const root = merge([callTreeOf(profile)]);
  const all = root.totalMicroseconds;
  const bars: string[] = [];
  let depth = 0;
  const draw = (bar: Bar, x: number, level: number): void => {
    const barWidth = (bar.totalMicroseconds / all) * (width - 2 * margin);
    if (barWidth < minWidth) {
      return;
    }
    depth = Math.max(depth, level);
    bars.push(barOf(bar, x, headHeight + level * rowHeight, barWidth, bar.totalMicroseconds / all));
    let childX = x;
    for (const child of bar.children) {
      draw(child, childX, level + 1);
      childX += (child.totalMicroseconds / all) * (width - 2 * margin);
    }
  };
  draw(root, margin, 0);
  const height = headHeight + (depth + 1) * rowHeight + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${margin}" y="26" font-size="16" font-weight="600" fill="${textColor}">${escape(title)}</text>`,
    `<text x="${margin}" y="44" fill="#444444">${(all / 1e6).toFixed(2)} s of processor time; callers above what they call; width is time. Idle time is left out.</text>`,
    legend(),
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}

/** Calls of one function from one stack, drawn as one bar. */
type Bar = { frame: CallFrame; totalMicroseconds: number; children: Bar[] };

function merge(calls: readonly Call[]): Bar {
  const [first] = calls;
  if (first === undefined) {
    throw new Error('A bar stands for one call at least.');
  }
  const byFrame = Map.groupBy(
    calls.flatMap((call) => call.children),
    ({ frame }) => `${frame.functionName} ${frame.url} ${frame.lineNumber}`,
  );
  return {
    frame: first.frame,
    totalMicroseconds: calls.reduce((sum, call) => sum + totalMicroseconds(call), 0),
    children: [...byFrame.values()].map(merge).sort((a, b) => b.totalMicroseconds - a.totalMicroseconds),
  };
}

function barOf(
  { frame, totalMicroseconds: total }: Bar,
  x: number,
  y: number,
  barWidth: number,
  share: number,
): string {
  const name = frame.functionName === '' ? '(anonymous)' : frame.functionName;
  const place = placeOf(frame);
  const characters = Math.floor((barWidth - 6) / characterWidth);
  const text = place === '' ? name : `${name} · ${place}`;
  const shown = characters < 3 ? '' : text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
  return (
    `<g><title>${escape(text)}: ${(share * 100).toFixed(1)} %, ${(total / 1000).toFixed(1)} ms</title>` +
    `<rect x="${x.toFixed(2)}" y="${y}" width="${barWidth.toFixed(2)}" height="${rowHeight - 1}" rx="1.5" fill="${colorOf(frame)}"/>` +
    (shown === ''
      ? ''
      : `<text x="${(x + 3).toFixed(2)}" y="${y + 12.5}" fill="${textColor}">${escape(shown)}</text>`) +
    '</g>'
  );
}

/** The file that a function is in, as short as it can be told from others. */
function placeOf({ url, lineNumber }: CallFrame): string {
  if (url === '') {
    return '';
  }
  const file = url.startsWith('node:') ? url : (/(?:node_modules|runtime|bench)\/.*$/.exec(url)?.[0] ?? url);
  return `${file.replace(/^node_modules\//, '').replace(/^werift\/lib\//, 'werift/')}:${lineNumber + 1}`;
}

function colorOf(frame: CallFrame): string {
  return owners.find(({ owns }) => owns(frame))?.color ?? '#dddddd';
}

function legend(): string {
  let x = margin;
  const items = owners.map(({ name, color }) => {
    const item =
      `<rect x="${x}" y="53" width="12" height="12" rx="1.5" fill="${color}"/>` +
      `<text x="${x + 17}" y="63" fill="${textColor}">${escape(name)}</text>`;
    x += 17 + name.length * characterWidth + 20;
    return item;
  });
  return items.join('');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

if (import.meta.main) {
  const [profile, graph, title = 'Flame graph'] = process.argv.slice(2);
  if (profile === undefined || graph === undefined) {
    process.stderr.write('node bench/flame-graph.ts <profile.cpuprofile> <graph.svg> [title]\n');
    process.exitCode = 1;
  } else {
    await writeFile(graph, flameGraphOf(await readCpuProfile(profile), title));
  }
}
