import styles from './certificate-chain.module.css';
import { When } from './when.tsx';

/** What was agreed on in TLS, and the certificates that were shown, the other side's own first. Their texts are only ever text. */
export function CertificateChain({ title, tls: { protocol, cipher, chain } }: CertificateChainProps) {
  return (
    <section aria-label={title} className={styles.chain}>
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.agreed}>
        {protocol}, {cipher}
      </p>
      <ol className={styles.list}>
        {chain.map(({ subject, issuer, validTo, fingerprint256 }) => (
          <li key={fingerprint256}>
            <dl className={styles.certificate}>
              <dt>Subject</dt>
              <dd>{subject}</dd>
              <dt>Issuer</dt>
              <dd>{issuer}</dd>
              <dt>Valid until</dt>
              <dd>{validTo === null ? 'not to be read' : <When at={validTo} />}</dd>
              <dt>SHA-256</dt>
              <dd className={styles.fingerprint}>{fingerprint256}</dd>
            </dl>
          </li>
        ))}
      </ol>
    </section>
  );
}

interface CertificateChainProps {
  readonly title: string;
  readonly tls: {
    readonly protocol: string;
    readonly cipher: string;
    readonly chain: readonly {
      readonly subject: string;
      readonly issuer: string;
      readonly validTo: string | null;
      readonly fingerprint256: string;
    }[];
  };
}
