import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { errorCode } from '../error-code.ts';

/**
 * Why the file that NODE_EXTRA_CA_CERTS names, or some of it, is not trusted, as one line; undefined when all of it is,
 * or none is named. Node reads it once for a process and goes on without what it can't read.
 */
export async function extraAuthoritiesFault(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const fault = await faultOf(file);
  return fault && `NODE_EXTRA_CA_CERTS: ${file} ${fault}; mend it and start again`;
}

async function faultOf(file: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'latin1');
  } catch (error) {
    return `can't be read (${errorCode(error) ?? 'EFAIL'}), so its authorities are not trusted`;
  }
  const certificates = text.split(/^(?=-----BEGIN )/m).filter((block) => BEGINS_CERTIFICATE.test(block));
  if (certificates.length === 0) return 'holds no certificate in PEM, so no authority is trusted in addition';
  const broken = certificates.findIndex((pem) => !isCertificate(pem));
  if (broken < 0) return undefined;
  return `holds a certificate that can't be parsed (number ${broken + 1} of ${certificates.length}), so neither it nor those behind it are trusted`;
}

const BEGINS_CERTIFICATE = /^-----BEGIN (?:X509 )?CERTIFICATE-----/;

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
