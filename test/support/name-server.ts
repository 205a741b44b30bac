import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';

/** What a name server says: a code of RFC 1035 §4.1.1, nothing at all, or addresses (of the kind that was asked for). */
export type Said = 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'SILENCE' | readonly string[];

export interface NameServer {
  /** For `dns.setServers`. */
  readonly address: string;
  /** The questions so far, such as `A www.example`. */
  asked(): readonly string[];
  stop(): Promise<void>;
}

/** Which answers hold for how many seconds; a minute when left out. */
export interface NameServerOptions {
  readonly ttl?: number;
}

const RCODES = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 };
const TYPES = new Map([
  [1, 'A'],
  [28, 'AAAA'],
]);

/** A name server on loopback that says of each name what it is told to. */
export async function startNameServer(
  say: (name: string, type: string) => Said,
  { ttl = 60 }: NameServerOptions = {},
): Promise<NameServer> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (question, { address, port }) => {
    const { name, type, end } = questionIn(question);
    asked.push(`${type} ${name}`);
    const said = say(name, type);
    if (said !== 'SILENCE') socket.send(answerTo(question.subarray(0, end), type, said, ttl), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked: () => asked,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** RFC 1035 §4.1.2: labels behind their lengths, type and class. */
function questionIn(message: Buffer): { name: string; type: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: TYPES.get(message.readUInt16BE(at + 1)) ?? '?', end: at + 5 };
}

function answerTo(question: Buffer, type: string, said: Exclude<Said, 'SILENCE'>, ttl: number): Buffer {
  const addresses = typeof said === 'string' ? [] : said.filter((each) => isIPv4(each) === (type === 'A'));
  const message = Buffer.from(question);
  message.writeUInt16BE(0x8180 | (typeof said === 'string' ? RCODES[said] : 0), 2);
  message.writeUInt16BE(1, 4);
  message.writeUInt16BE(addresses.length, 6);
  message.fill(0, 8, 12);
  return Buffer.concat([message, ...addresses.map((address) => record(address, ttl))]);
}

/** RFC 1035 §4.1.3, with a pointer to the question's name. */
function record(address: string, ttl: number): Buffer {
  const data = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : bytesOfIPv6(address);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(isIPv4(address) ? 1 : 28, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function bytesOfIPv6(address: string): Buffer {
  const [before = '', after = ''] = address.split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const [head, tail] = [groups(before), groups(after)];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return Buffer.from([...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
