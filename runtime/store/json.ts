/** Text for a JSON column. What JSON cannot say (`undefined`) is kept as null. */
export function toJson(value: unknown): string {
  return JSON.stringify(value ?? null);
}

/** The value of a JSON column; its type is what the column's only writer put in. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

export const toNullableJson = (value: unknown): string | null =>
  value === null || value === undefined ? null : toJson(value);
export const fromNullableJson = <T>(text: string | null): T | null =>
  text === null ? null : fromJson<T>(text);
