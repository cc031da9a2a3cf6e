// Runs every check against the server at the address given as first argument (host:port)
// and prints one line a check. Exit code 0 when all passed.

import { bufChecks } from './buf.mjs';
import { awaitServing, grpcJsChecks } from './grpc-js.mjs';

const START_LIMIT_MILLIS = 60_000;

const address = process.argv[2];
if (!address) {
  console.error('usage: node client.mjs HOST:PORT');
  process.exit(2);
}

await awaitServing(address, START_LIMIT_MILLIS);

let passed = 0;
let failed = 0;
for (const [name, check] of [...grpcJsChecks(address), ...bufChecks(address)]) {
  try {
    const note = await check();
    passed++;
    console.log(`ok      ${name}${note ? ` (${note})` : ''}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}: ${error.message.replaceAll('\n', ' ')}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
