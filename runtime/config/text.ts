/** The part of a JSON schema that says how text becomes a value. */
type TextSchema = { type?: unknown; items?: { type?: unknown }; properties?: object };

/**
 * Reads the text of an environment variable or a flag as its schema's type. Text that does not fit is left as
 * it is, so that validation can name the received value.
 *
 * Lists are comma-separated or JSON; a port range is `40000-40100` or JSON; a list of objects also takes the
 * bare URL list of ICE servers (`stun:a,stun:b`).
 */
export function valueFromText(schema: TextSchema, text: string): unknown {
  if (schema.type === 'integer' || schema.type === 'number') {
    const value = Number(text);
    return text.trim() === '' || Number.isNaN(value) ? text : value;
  }
  if (schema.type === 'boolean') {
    return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
  }
  if (schema.type === 'array') {
    return arrayFromText(schema, text);
  }
  if (schema.type === 'object') {
    const range = /^(\d+)-(\d+)$/.exec(text.trim());
    return range ? { min: Number(range[1]), max: Number(range[2]) } : jsonOrText(text);
  }
  return text;
}

function arrayFromText(schema: TextSchema, text: string): unknown {
  if (text.trim().startsWith('[')) {
    return jsonOrText(text);
  }
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return schema.items?.type === 'object' ? parts.map((urls) => ({ urls })) : parts;
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: validation refuses the text itself, which is the clearer message.
    return text;
  }
}
