/** Such as `1,234 bytes`. */
export function inBytes(count: number): string {
  return count === 1 ? '1 byte' : `${count.toLocaleString('en')} bytes`;
}
