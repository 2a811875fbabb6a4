/**
 * Whether two change tokens say anything about each other. A token counts changes within a scope, which stands before its
 * last dot; one without a dot counts within the table itself, wherever it is opened. Some stores can only tell what
 * happened since a connection was made: their scope is the connection, and nobody else's tokens compare with it.
 */
export function comparableTokens(a: string, b: string): boolean {
  return scopeOf(a) === scopeOf(b);
}

function scopeOf(token: string): string {
  return token.slice(0, Math.max(0, token.lastIndexOf('.')));
}
