// Checks with buf, a Go client that is given no schema: what it knows it asks the server's
// reflection service.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CALL_LIMIT_MILLIS = 30_000;
const PARCEL_SERVICE = 'demo.parcel.v1.ParcelService';

const buf = fileURLToPath(new URL('node_modules/.bin/buf', import.meta.url));

export function bufChecks(address) {
  const server = `http://${address}`;
  const method = (name) => `${server}/${PARCEL_SERVICE}/${name}`;

  return [
    ['buf: reflection lists the services', async () => {
      const services = lines(await curl('--list-services', server));
      for (const service of [PARCEL_SERVICE, 'grpc.health.v1.Health']) {
        assert.ok(services.includes(service), `services: ${services} (expected: ${service} among them)`);
      }
      return services.join(', ');
    }],

    ['buf: reflection lists the methods', async () => {
      const methods = lines(await curl('--list-methods', server));
      for (const name of ['Quote', 'Track', 'UploadScans', 'Route']) {
        assert.ok(methods.includes(`${PARCEL_SERVICE}/${name}`), `methods: ${methods} (expected: ${name} among them)`);
      }
    }],

    ['buf: unary call with a JSON body', async () => {
      const body = JSON.stringify({ from: 'Hamburg', to: 'Leipzig', weightGrams: 1500 });
      const reply = JSON.parse(await curl('--data', body, method('Quote')));
      assert.ok(Number(reply.priceCents) > 0, `priceCents: ${reply.priceCents} (expected: > 0)`);
      assert.equal(reply.currency, 'EUR');
      return JSON.stringify(reply);
    }],

    ['buf: server streaming call', async () => {
      const events = await curl('--data', '{"parcelId": "P-1001"}', method('Track'));
      assert.match(events, /TRACK_STATUS_ACCEPTED[^]*TRACK_STATUS_DELIVERED/);
    }],

    ['buf: a parcel that is not known is not_found', async () => {
      const error = await curl('--data', '{"parcelId": "P-0"}', method('Track')).then(() => undefined, (reason) => reason);
      assert.match(String(error?.message), /"code":\s*"not_found"/);
    }],
  ];
}

function curl(...args) {
  const all = ['curl', '--protocol', 'grpc', '--http2-prior-knowledge', ...args];
  return new Promise((resolve, reject) => {
    const child = execFile(buf, all, { timeout: CALL_LIMIT_MILLIS }, (error, stdout, stderr) => {
      if (error) {
        reject(new Error(`buf ${all.join(' ')}: exit code ${error.code ?? error.signal}: ${stderr.trim() || stdout.trim()}`));
      } else {
        resolve(stdout);
      }
    });
    child.stdin.end();
  });
}

const lines = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean);
