/** Such as `0.42 ms`, `52.3 ms` or `1.25 s`. */
export function inWords(milliseconds: number): string {
  if (milliseconds >= 1000) return `${figures(milliseconds / 1000)} s`;
  return `${figures(milliseconds)} ms`;
}

function figures(number: number): string {
  const decimals = number < 10 ? 2 : number < 100 ? 1 : 0;
  return number.toFixed(decimals);
}
