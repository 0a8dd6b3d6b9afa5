import { describe, expect, it } from 'vitest';

import { errorCodes } from '../../../runtime/contract/index.ts';
import { deviceText } from '../../../runtime/web/join/texts/index.ts';
import { canTryAgain, errorText } from '../../../runtime/web/shared/texts/error-text.ts';
import { hueOf, initials } from '../../../runtime/web/shared/texts/initials.ts';
import { splitLinks } from '../../../runtime/web/shared/texts/links.ts';
import { watchErrorText } from '../../../runtime/web/watch/texts/index.ts';

describe('what the page says when a meeting fails', () => {
  it('has a title and advice for every code of the table', () => {
    for (const code of errorCodes) {
      const { title, advice } = errorText(code, 'The reason.');
      expect(title, code).not.toBe('');
      expect(advice, code).toMatch(/[.]$/);
    }
  });

  it.each([
    ['expired-token', /expired/],
    ['invalid-token', /link/],
    ['missing-token', /link/],
    ['room-not-found', /no such room/],
    ['room-closed', /closed/],
    ['room-full', /full/],
    ['entry-denied', /not let in/],
    ['participant-removed', /removed/],
    ['participant-replaced', /somewhere else/],
    ['unreachable', /cannot be reached/],
  ] as const)('tells %s apart', (code, title) => {
    expect(errorText(code, '').title).toMatch(title);
  });

  it('passes on the runtime’s own words for a code it has no words for', () => {
    expect(errorText('internal', 'The disk is on fire').advice).toContain('The disk is on fire.');
  });

  it('offers another attempt only where one can work', () => {
    expect(canTryAgain('room-full', true)).toBe(true);
    expect(canTryAgain('participant-replaced', false)).toBe(true);
    expect(canTryAgain('expired-token', false)).toBe(false);
    expect(canTryAgain('participant-removed', false)).toBe(false);
  });
});

describe('what the watch page says when watching fails', () => {
  it('has a title and advice for every code of the table', () => {
    for (const code of errorCodes) {
      const { title, advice } = watchErrorText(code, 'The reason.');
      expect(title, code).not.toBe('');
      expect(advice, code).toMatch(/[.]$/);
    }
  });

  it.each([
    ['expired-token', /expired/],
    ['missing-token', /link/],
    ['room-closed', /over/],
    ['room-full', /audience is full/],
    ['participant-replaced', /somewhere else/],
  ] as const)('tells %s apart', (code, title) => {
    expect(watchErrorText(code, '').title).toMatch(title);
  });
});

describe('what the page says of a device', () => {
  it.each([
    ['denied', /blocked/, /site settings/],
    ['missing', /No camera/, /Plug/],
    ['in-use', /busy/, /Another app/],
    ['insecure', /secure page/, /https/],
    ['unknown', /did not start/, /again/],
  ] as const)('explains %s and what to do', (problem, title, advice) => {
    const text = deviceText('camera', problem);
    expect(text.title).toMatch(title);
    expect(text.advice).toMatch(advice);
  });
});

describe('initials', () => {
  it.each([
    ['Ana Horvat', 'AH'],
    ['ana', 'A'],
    ['Émile van der Berghe', 'ÉB'],
    ['(Guest) 7', 'G7'],
    ['李 明', '李明'],
    ['  ', '·'],
    ['🙂', '·'],
  ])('of %j are %j', (name, expected) => {
    expect(initials(name)).toBe(expected);
  });

  it('stand on a colour that tells neighbouring ids apart', () => {
    const hues = ['p1', 'p2', 'p3', 'p4'].map(hueOf);
    expect(new Set(hues).size).toBe(4);
    expect(hueOf('p1')).toBe(hueOf('p1'));
  });
});

describe('links in chat', () => {
  it('are found, without the punctuation behind them', () => {
    expect(splitLinks('See https://example.org/a?b=1, then (http://example.org).')).toEqual([
      { text: 'See ', href: null },
      { text: 'https://example.org/a?b=1', href: 'https://example.org/a?b=1' },
      { text: ', then (', href: null },
      { text: 'http://example.org', href: 'http://example.org' },
      { text: ').', href: null },
    ]);
  });

  it('are never anything but web addresses', () => {
    const parts = splitLinks('javascript:alert(1) data:text/html,x');
    expect(parts.every(({ href }) => href === null)).toBe(true);
  });

  it('leave every character of the message in place', () => {
    for (const message of ['', 'plain', 'https://a.b', 'x https://a.b. y https://c.d)']) {
      expect(
        splitLinks(message)
          .map(({ text }) => text)
          .join(''),
      ).toBe(message);
    }
  });
});
