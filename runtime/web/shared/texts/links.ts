export type TextPart = { text: string; href: string | null };

/** Splits a message at its web addresses, so that they can be followed. Only http and https count. */
export function splitLinks(message: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of message.matchAll(/https?:\/\/[^\s<>"]+/g)) {
    const address = match[0].replace(/[.,;:!?)\]]+$/, '');
    if (match.index > from) {
      parts.push({ text: message.slice(from, match.index), href: null });
    }
    parts.push({ text: address, href: address });
    from = match.index + address.length;
  }
  if (from < message.length) {
    parts.push({ text: message.slice(from), href: null });
  }
  return parts;
}
