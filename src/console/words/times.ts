const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** In the browser's zone and language. @param instant as the API tells it */
export function localTime(instant: string): string {
  return LOCAL.format(new Date(instant));
}

/** To the second, such as `2026-03-01 09:30:00 UTC`. */
export function utcTime(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
