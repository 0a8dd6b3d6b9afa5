import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { palettes } from '../../../../runtime/diagram/palette.ts';

const sheet = await readFile(
  new URL('../../../../runtime/web/console/styles/tones.css', import.meta.url),
  'utf8',
);
const [light = '', dark = ''] = sheet.split('@media (prefers-color-scheme: dark)');

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe.each([
  ['light', light],
  ['dark', dark],
] as const)('the colours of the live picture, %s', (theme, rules) => {
  const { kinds, tones } = palettes[theme];
  const colours = [
    ...Object.entries(kinds).map((each) => ['kind', ...each] as const),
    ...Object.entries(tones).map((each) => ['tone', ...each] as const),
  ];

  it.each(colours)('%s %s is as in drawings', (group, name, [ground, ink]) => {
    expect(rules).toContain(`--${group}-${name}: ${ground};`);
    expect(rules).toContain(`--${group}-${name}-ink: ${ink};`);
  });

  it.each(colours)('%s %s can be read', (_group, _name, [ground, ink]) => {
    const [a, b] = [luminance(ground), luminance(ink)];
    expect((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)).toBeGreaterThanOrEqual(4.5);
  });
});
