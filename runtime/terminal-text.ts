/**
 * A text of somebody else's within a line of a terminal: what would begin another line or write escape sequences there is
 * shown as `\u001b` instead. Pure.
 */
export const withinLine = (text: string): string =>
  text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (control) => `\\u${(control.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
