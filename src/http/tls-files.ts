import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';

/** The files that TLS is spoken by can't be used. The message says why, and names them. */
export class TlsFilesError extends Error {
  override readonly name = 'TlsFilesError';
}

export interface TlsPaths {
  /** PEM: the server's certificate, then those of the authorities between. */
  readonly certFile: string;
  /** PEM. */
  readonly keyFile: string;
}

export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** A certificate with its key, as two files have them; they are read again when they change. */
export class TlsFiles {
  /** Read last, whether or not it is any good. */
  private lastRead: TlsPair;
  private leaf: X509Certificate;
  private fault: string | undefined;

  /** @throws {TlsFilesError} when they can't be used */
  constructor(
    private readonly paths: TlsPaths,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {
    this.lastRead = this.read();
    this.leaf = this.check(this.lastRead);
  }

  get pair(): TlsPair {
    return this.lastRead;
  }

  /** Whether the certificate is for this name or address. */
  isCertified(name: string): boolean {
    if (isIP(name) !== 0) return this.leaf.checkIP(name) !== undefined;
    return this.leaf.checkHost(name, { partialWildcards: false }) !== undefined;
  }

  /** The pair, if there is a new one that can be used. One that can't is told once, and the one before goes on. */
  renewed(): TlsPair | undefined {
    try {
      const pair = this.read();
      if (pair.cert.equals(this.lastRead.cert) && pair.key.equals(this.lastRead.key)) {
        this.fault = undefined;
        return undefined;
      }
      this.leaf = this.check(pair);
      this.lastRead = pair;
      this.fault = undefined;
      this.logger.info({ validTo: this.leaf.validTo }, 'the TLS certificate was renewed');
      return pair;
    } catch (error) {
      if (!(error instanceof TlsFilesError)) throw error;
      if (error.message !== this.fault) this.logger.warn(`${error.message}; the certificate read before goes on`);
      this.fault = error.message;
      return undefined;
    }
  }

  private read(): TlsPair {
    const { certFile, keyFile } = this.paths;
    return { cert: readNamed('TLS_CERT_FILE', certFile), key: readNamed('TLS_KEY_FILE', keyFile) };
  }

  /** What OpenSSL says of a broken file holds nothing of it. */
  private check(pair: TlsPair): X509Certificate {
    const { certFile, keyFile } = this.paths;
    try {
      const leaf = new X509Certificate(pair.cert);
      createSecureContext(pair);
      return leaf;
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new TlsFilesError(`TLS_CERT_FILE ${certFile} and TLS_KEY_FILE ${keyFile} are no pair: ${words}`);
    }
  }
}

function readNamed(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new TlsFilesError(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
