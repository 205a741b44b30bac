// Whether the server in this container is ready: ends with 0 or 1, and prints what it answers. Ready, and not just alive:
// so `docker compose up --wait` ends when the server can be used.
import http from 'node:http';
import https from 'node:https';

/** Milliseconds: the server itself answers within 5 seconds, whatever its store does. */
const PATIENCE = 5_500;

const [host, port, certificate] = ['HOST', 'PORT', 'TLS_CERT_FILE'].map((name) => process.env[name]?.trim());
const options = {
  hostname: host === undefined || ['', '0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host,
  port: port || 4000,
  path: '/health/ready',
  signal: AbortSignal.timeout(PATIENCE),
};
// The certificate is for the names that clients use, and nothing is told to whoever answers here.
const request = certificate ? https.get({ ...options, rejectUnauthorized: false }) : http.get(options);
request
  .on('response', (response) => {
    process.exitCode = response.statusCode === 200 ? 0 : 1;
    response.pipe(process.stdout);
  })
  .on('error', (error) => {
    console.log(error.message);
    process.exitCode = 1;
  });
