const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** In the browser's zone and language. @param instant as the API tells it */
export function localTime(instant: string): string {
  return LOCAL.format(new Date(instant));
}

/** To the second, such as `2026-03-01 09:30:00 UTC`. */
export function utcTime(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** As a field of type `datetime-local` has it: in the browser's zone, to the second. */
export function localInput(instant: string): string {
  const at = new Date(instant);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = [String(at.getFullYear()).padStart(4, '0'), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
