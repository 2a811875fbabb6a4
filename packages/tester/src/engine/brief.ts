/** A value in a few characters, for people. */
export function brief(value: unknown, most = 60): string {
  const text = typeof value === 'bigint' ? `${value}n` : (tryJson(value) ?? String(value));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function tryJson(value: unknown): string | undefined {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner));
  } catch {
    return undefined; // it contains itself, say: `brief` has another way of showing it
  }
}
