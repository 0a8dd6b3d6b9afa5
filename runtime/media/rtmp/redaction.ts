import type { RtmpDestination } from './destination.ts';

const HIDDEN = '[hidden]';

/**
 * Takes the secrets of a destination out of a text that came from outside (a server may echo the key it was given),
 * in every form they may come in: as they are, percent-encoded, decoded, with and without their query. Pure.
 */
export function redacted(text: string, { application, playPath }: RtmpDestination): string {
  return formsOf(playPath)
    .concat(application.includes('?') ? formsOf(queryOf(application)) : [])
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}

function formsOf(secret: string): string[] {
  const withoutQuery = secret.split('?', 1)[0] ?? '';
  const forms = [secret, withoutQuery, queryOf(secret)];
  return [
    ...new Set(forms.flatMap((form) => [form, encodeURIComponent(form), encodeURI(form), decoded(form)])),
  ].filter((form) => form !== '');
}

const queryOf = (text: string): string => (text.includes('?') ? text.slice(text.indexOf('?') + 1) : '');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded at all: there is no such form.
    return '';
  }
}
