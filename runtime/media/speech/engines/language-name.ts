const TAG = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

let codes: Map<string, string> | undefined;

/** The tag of a language that a service names by a tag (`en`) or, as Whisper does, in English (`english`). */
export function languageTag(name: string | null): string | null {
  if (name === null || name === '') return null;
  return codeByName().get(name.toLowerCase()) ?? (TAG.test(name) ? name : null);
}

/** English names of all languages of two letters (ISO 639-1), as the platform knows them. */
function codeByName(): Map<string, string> {
  if (codes === undefined) {
    const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
    const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index));
    const all = letters.flatMap((first) => letters.map((second) => first + second));
    codes = new Map(all.map((code) => [names.of(code)?.toLowerCase() ?? code, code]));
  }
  return codes;
}

/** `en` of `en-US`: what services take that know of no regions. */
export const primaryLanguage = (tag: string): string => (tag.split('-')[0] ?? tag).toLowerCase();
