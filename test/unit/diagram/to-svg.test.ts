import { describe, expect, it } from 'vitest';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { layOut, toSvg, type Diagram } from '../../../runtime/diagram/index.ts';
import { crowd, edge, meeting, node } from './diagrams.ts';

const drawn = (diagram: Diagram, theme: 'light' | 'dark' | 'auto' = 'light'): string =>
  toSvg(layOut(diagram), { theme, title: 'A meeting' });

/** The elements of the file, in order; throws where an element is not closed or not nested well. */
const elementsOf = (svg: string): string[] => {
  const open: string[] = [];
  const names: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?:\s[\w:-]+="[^"<]*")*)(\/?)>/g,
    (_all, closing, name: string, _attributes, empty) => {
      if (closing === '/') {
        expect(open.pop()).toBe(name);
      } else {
        names.push(name);
        if (empty === '') {
          open.push(name);
        }
      }
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(rest.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
  return names;
};

const pixels = async (svg: string) => {
  const image = await loadImage(Buffer.from(svg));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return {
    at(x: number, y: number): string {
      const [red = 0, green = 0, blue = 0] = context.getImageData(x, y, 1, 1).data;
      return `#${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
    },
  };
};

describe('toSvg', () => {
  it('is well-formed and names nothing outside of itself', () => {
    for (const theme of ['light', 'dark', 'auto'] as const) {
      const svg = drawn(meeting(), theme);
      const elements = elementsOf(svg);
      expect(elements.filter((name) => name === 'path').length).toBeGreaterThan(20);
      expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
        /https?:|href|url\((?!#)|@import|<script/,
      );
    }
  });

  it('escapes what people call themselves', () => {
    const name = `</text><script>alert("1")</script> & 'Bob'\u0000\ud800`;
    const svg = drawn({ nodes: [node('bob', 'person', { label: name, detail: name })], edges: [] });
    elementsOf(svg);
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0000');
    expect(svg).toContain('&lt;script&gt;');
  });

  it('shortens long text, and keeps it whole for those who ask', () => {
    const label = 'A name that goes on and on, longer than any card could ever be';
    const svg = drawn({ nodes: [node('long', 'person', { label })], edges: [] });
    expect(svg).toContain(`<title>${label}</title>`);
    expect(svg).not.toContain(`>${label}</text>`);
    expect(svg).toMatch(/>A name that[^<]*…<\/text>/);
  });

  it('shows each state by a colour and by a sign', () => {
    const states = ['running', 'starting', 'retrying', 'failed', 'finished', 'cancelled'];
    const svg = drawn({ nodes: states.map((state) => node(state, 'step', { state })), edges: [] });
    const signs = [...svg.matchAll(/class="sign (\w+)"[^>]*><path class="sign-ink [\w-]+" d="([^"]+)"/g)];
    expect(new Set(signs.map(([, tone]) => tone)).size).toBe(states.length);
    expect(new Set(signs.map(([, , path]) => path)).size).toBe(states.length);
    expect(drawn({ nodes: [node('plain', 'step')], edges: [] })).not.toContain('<circle');
  });

  it('draws an edge that ends a step broken, and writes what it is', () => {
    const svg = drawn({
      nodes: [node('left', 'event'), node('file', 'step')],
      edges: [edge('left', 'file', { label: 'until', isEnd: true })],
    });
    expect(svg).toMatch(/class="edge end" d="M[^"]+"/);
    expect(svg).toMatch(/\.end\{stroke-dasharray/);
    expect(svg).toContain('>until</text>');
  });

  it('has an icon for each kind, and one of its own for each step type', () => {
    const types = ['tap', 'record', 'compose', 'rtmp', 'hls', 'transcribe', 'play', 'publish', 'constructor'];
    const svg = drawn({ nodes: types.map((type) => node(type, 'step', { type })), edges: [] });
    const icons = [...svg.matchAll(/class="icon step-ink"[^>]* d="([^"]+)"/g)].map(([, path]) => path);
    expect(icons).toHaveLength(types.length);
    expect(new Set(icons).size).toBe(types.length);
  });

  it('is paper by day and night by night', async () => {
    const light = await pixels(drawn(meeting(), 'light'));
    const dark = await pixels(drawn(meeting(), 'dark'));
    expect(light.at(12, 60)).toBe('#f3f1ea');
    expect(dark.at(12, 60)).toBe('#0e1513');
    const both = drawn(meeting(), 'auto');
    expect(both).toContain('@media (prefers-color-scheme:dark)');
    expect(both).toContain('#f3f1ea');
    expect(both).toContain('#0e1513');
  });

  it('draws a session of 200 steps in less than a megabyte', () => {
    const svg = drawn(crowd(200));
    expect(svg.length).toBeLessThan(1_000_000);
    elementsOf(svg);
  });
});
