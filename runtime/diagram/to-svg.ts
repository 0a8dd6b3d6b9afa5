import { curveOf } from './curve.ts';
import { iconOf } from './icons.ts';
import { nodePadding } from './lay-out.ts';
import { palettes, type Palette } from './palette.ts';
import { signOf } from './signs.ts';
import { shortenText, textStyles, textWidth, type TextStyle } from './text-width.ts';
import { toneOf } from './tone.ts';
import type { PlacedDiagram, PlacedEdge, PlacedNode } from './types.ts';

export type SvgOptions = {
  /** `auto`: as the reader's system has it. */
  theme: 'light' | 'dark' | 'auto';
  /** Read out in place of the picture. */
  title?: string | undefined;
};

const FONT = `system-ui,-apple-system,'Segoe UI','Inter','Noto Sans',sans-serif`;
const CORNER = 12;
const ICON = { tile: 28, left: 9, scale: 0.72 } as const;
const SIGN_RADIUS = 8;

/**
 * The diagram as an SVG file that needs nothing beside it. Long text is shortened, and whole in the `title` of its
 * node; all text is escaped.
 */
export function toSvg(diagram: PlacedDiagram, options: SvgOptions): string {
  const { width, height } = diagram;
  const title = options.title ?? '';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"${title === '' ? '' : ` aria-label="${escaped(title)}"`}>`,
    ...(title === '' ? [] : [`<title>${escaped(title)}</title>`]),
    `<style>${styleOf(options.theme)}</style>`,
    '<defs>',
    '<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="head" d="M0 0.6L7.4 4L0 7.4z"/></marker>',
    '<marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path class="stop" d="M6 0.5V7.5"/></marker>',
    '</defs>',
    `<rect class="ground" width="${width}" height="${height}" rx="16"/>`,
    ...diagram.edges.map(edgeLine),
    ...diagram.nodes.map(card),
    ...diagram.edges.map(edgeText),
    '</svg>',
    '',
  ].join('\n');
}

function edgeLine({ points, isEnd }: PlacedEdge): string {
  return isEnd
    ? `<path class="edge end" d="${curveOf(points)}" marker-end="url(#end)"/>`
    : `<path class="edge" d="${curveOf(points)}" marker-end="url(#arrow)"/>`;
}

/** Above all lines, on a piece of ground of its own. */
function edgeText({ label, labelAt, isEnd }: PlacedEdge): string {
  if (labelAt === null) {
    return '';
  }
  const width = textWidth(label, textStyles.edge) + 8;
  const height = textStyles.edge.sizePx + 5;
  const { x, y } = labelAt;
  return [
    `<rect class="ground" x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${height}" rx="${height / 2}"/>`,
    `<text class="edge-label${isEnd ? ' end-label' : ''}" x="${round(x)}" y="${round(y + textStyles.edge.sizePx / 3)}">${escaped(label)}</text>`,
  ].join('');
}

function card(node: PlacedNode): string {
  const { kind, label, detail, state, x, y, width, height } = node;
  const tone = toneOf(state);
  const textRoom = width - nodePadding.leftPx - nodePadding.rightPx;
  const line = (text: string, style: TextStyle, at: number, name: string): string =>
    `<text class="${name}" x="${nodePadding.leftPx}" y="${at}">${escaped(shortenText(text, style, textRoom))}</text>`;
  const middle = height / 2;
  return [
    `<g transform="translate(${round(x)} ${round(y)})">`,
    `<title>${escaped([label, detail, state].filter((text) => text !== '').join(' · '))}</title>`,
    `<rect class="card tone-${tone}" width="${width}" height="${height}" rx="${CORNER}"/>`,
    `<g transform="translate(${ICON.left} ${middle - ICON.tile / 2})"><rect class="tile ${kind}" width="${ICON.tile}" height="${ICON.tile}" rx="8"/><path class="icon ${kind}-ink" transform="translate(${ICON.tile / 2 - 12 * ICON.scale} ${ICON.tile / 2 - 12 * ICON.scale}) scale(${ICON.scale})" d="${iconOf(node)}"/></g>`,
    line(label, textStyles.label, detail === '' ? middle + 4.5 : middle - 3.5, 'label'),
    ...(detail === '' ? [] : [line(detail, textStyles.detail, middle + 13, 'detail')]),
    ...(tone === 'none'
      ? []
      : [
          `<g transform="translate(${width - 4} 4)"><circle class="sign ${tone}" r="${SIGN_RADIUS}"/><path class="sign-ink ${tone}-ink" d="${signOf[tone]}"/></g>`,
        ]),
    '</g>',
  ].join('');
}

function styleOf(theme: SvgOptions['theme']): string {
  const fixed = [
    `text{font-family:${FONT}}`,
    `.label{font-size:${textStyles.label.sizePx}px;font-weight:600}`,
    `.detail{font-size:${textStyles.detail.sizePx}px}`,
    `.edge-label{font-size:${textStyles.edge.sizePx}px;text-anchor:middle}`,
    '.card{stroke-width:1}',
    '.icon{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}',
    '.sign{stroke-width:2}',
    '.sign-ink{fill:none;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}',
    '.edge{fill:none;stroke-width:1.6;stroke-linecap:round}',
    '.end{stroke-dasharray:5 5}',
    '.stop{fill:none;stroke-width:2.4;stroke-linecap:round}',
  ].join('');
  if (theme !== 'auto') {
    return fixed + coloursOf(palettes[theme]);
  }
  return `${fixed}${coloursOf(palettes.light)}@media (prefers-color-scheme:dark){${coloursOf(palettes.dark)}}`;
}

function coloursOf(palette: Palette): string {
  const { ground, card: paper, line, ink, inkQuiet, edge, edgeEnd, shadow } = palette;
  return [
    `.ground{fill:${ground}}`,
    `.card{fill:${paper};stroke:${line};filter:drop-shadow(0 2px 5px ${shadow})}`,
    `.label{fill:${ink}}`,
    `.detail{fill:${inkQuiet}}`,
    `.edge{stroke:${edge}}`,
    `.head{fill:${edge}}`,
    `.end,.stop{stroke:${edgeEnd}}`,
    `.edge-label{fill:${inkQuiet}}`,
    `.end-label{fill:${edgeEnd}}`,
    `.sign{stroke:${paper}}`,
    ...Object.entries(palette.kinds).map(
      ([kind, [tile, icon]]) => `.tile.${kind}{fill:${tile}}.${kind}-ink{stroke:${icon}}`,
    ),
    ...Object.entries(palette.tones).map(
      ([tone, [fill, sign]]) => `.sign.${tone}{fill:${fill}}.${tone}-ink{stroke:${sign}}`,
    ),
    `.tone-failed{stroke:${palette.tones.failed[0]}}`,
    `.tone-trouble{stroke:${palette.tones.trouble[0]}}`,
  ].join('');
}

const round = (value: number): number => Math.round(value * 10) / 10;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escaped, and without the control characters and lone surrogates that no XML may hold. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (character) => entities[character] ?? '');
