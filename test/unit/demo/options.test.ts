import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../demo/options.ts';

describe("the demo's command line", () => {
  it('only starts everything when nothing is asked', () => {
    expect(parseOptions([])).toEqual({ guests: 0, seconds: 20, exit: false, json: false });
  });

  it('takes guests, their stay, and how to end', () => {
    const options = parseOptions(['--guests', '2', '--seconds', '5', '--exit', '--json']);

    expect(options).toEqual({ guests: 2, seconds: 5, exit: true, json: true });
  });

  it.each([
    [['--guest', '2'], /--guest/],
    [['2'], /2/],
    [['--guests'], /--guests/],
    [['--guests', '0'], /1 to 16, got "0"/],
    [['--guests', 'two'], /got "two"/],
    [['--guests', '1', '--seconds', '1.5'], /got "1.5"/],
    [['--exit'], /--exit needs --guests/],
    [['--json'], /--json needs --guests/],
    [['--seconds', '5'], /--seconds needs --guests/],
  ])('refuses %j and says why', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
