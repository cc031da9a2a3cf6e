// Checks with gRPC's own JavaScript client, from the .proto files alone.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';

import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const CALL_LIMIT_MILLIS = 10_000;
const PARCEL_SERVICE = 'demo.parcel.v1.ParcelService';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const definition = protoLoader.loadSync(['demo/parcel/v1/parcel.proto', 'health.proto'], {
  includeDirs: [here('../demo-api/src/main/protobuf'), here('.')],
  defaults: true,
  enums: String,
  longs: Number,
});
const { demo, grpc: grpcPackage } = grpc.loadPackageDefinition(definition);

const options = (millis = CALL_LIMIT_MILLIS) => ({ deadline: Date.now() + millis });
const connect = (Client, address) => new Client(address, grpc.credentials.createInsecure(), {
  // A server that is still starting is dialed again soon.
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 500,
});
const codeName = (error) => grpc.status[error?.code] ?? String(error);

/** Waits until the server says that it serves; a server that has ended is not waited for. */
export async function awaitServing(address, limitMillis) {
  const end = Date.now() + limitMillis;
  const health = connect(grpcPackage.health.v1.Health, address);
  for (;;) {
    let said;
    try {
      said = (await unary(health, 'check', { service: '' }, options(2_000))).status;
    } catch (error) {
      said = `${codeName(error)}: ${error.details}`;
    }
    if (said === 'SERVING') {
      health.close();
      return;
    }
    if (Date.now() > end || !providerLives()) {
      console.error(`${address} does not serve (waited for SERVING, last answer ${said})`);
      process.exit(1);
    }
    await delay(200);
  }
}

export function grpcJsChecks(address) {
  const parcels = connect(demo.parcel.v1.ParcelService, address);
  const health = connect(grpcPackage.health.v1.Health, address);

  return [
    ['grpc-js: unary call', async () => {
      const reply = await unary(parcels, 'quote', { from: 'Hamburg', to: 'Leipzig', weightGrams: 1500 });
      assert.ok(reply.priceCents > 0, `priceCents: ${reply.priceCents} (expected: > 0)`);
      assert.equal(reply.currency, 'EUR');
      assert.ok(reply.servedBy, 'servedBy: empty');
      return `${reply.priceCents} cents by ${reply.servedBy}`;
    }],

    ['grpc-js: server streaming call', async () => {
      const events = await received(parcels.track({ parcelId: 'P-1001' }, options()));
      assert.ok(events.length > 1, `events: ${events.length} (expected: several)`);
      assert.equal(events[0].status, 'TRACK_STATUS_ACCEPTED');
      assert.ok(events.every((event) => event.parcelId === 'P-1001'), 'an event of another parcel');
      return `${events.length} events`;
    }],

    ['grpc-js: client streaming call', async () => {
      const summary = await new Promise((resolve, reject) => {
        const call = parcels.uploadScans(options(), (error, reply) => (error ? reject(error) : resolve(reply)));
        for (let i = 0; i < 100; i++) {
          call.write({ parcelId: `P-${i % 10}`, depot: i % 2 === 0 ? 'even' : 'odd' });
        }
        call.end();
      });
      assert.equal(summary.scans, 100);
      assert.equal(summary.parcels, 10);
      assert.deepEqual({ ...summary.scansByDepot }, { even: 50, odd: 50 });
      return `${summary.scans} scans`;
    }],

    ['grpc-js: bidirectional call, an answer before the next question', async () => {
      const call = parcels.route(options());
      const instructions = call[Symbol.asyncIterator]();
      const stops = [];
      for (const position of [{ latitude: 51.3455, longitude: 12.3814 }, { latitude: 51.3406, longitude: 12.3747 }]) {
        call.write(position);
        const { done, value } = await instructions.next();
        assert.ok(!done, 'the answers ended before the questions');
        assert.ok(value.nextStop, 'nextStop: empty');
        stops.push(value.nextStop);
      }
      call.end();
      assert.ok((await instructions.next()).done, 'more answers than questions');
      return stops.join(', ');
    }],

    ['grpc-js: a value out of range is INVALID_ARGUMENT', () =>
      fails(unary(parcels, 'quote', { from: 'Hamburg', to: 'Leipzig', weightGrams: 0 }), 'INVALID_ARGUMENT')],

    ['grpc-js: a parcel that is not known is NOT_FOUND', () =>
      fails(received(parcels.track({ parcelId: 'P-0' }, options())), 'NOT_FOUND')],

    ['grpc-js: a method that is not there is UNIMPLEMENTED', () => {
      const raw = (bytes) => bytes;
      return fails(new Promise((resolve, reject) => {
        parcels.makeUnaryRequest(`/${PARCEL_SERVICE}/Lose`, raw, raw, Buffer.alloc(0), options(),
          (error, reply) => (error ? reject(error) : resolve(reply)));
      }), 'UNIMPLEMENTED');
    }],

    ['grpc-js: a call past its deadline is DEADLINE_EXCEEDED', () =>
      fails(received(parcels.route(options(300))), 'DEADLINE_EXCEEDED')],

    ['grpc-js: health of the server is SERVING', async () => {
      assert.equal((await unary(health, 'check', { service: '' })).status, 'SERVING');
    }],

    ['grpc-js: health of the service is SERVING', async () => {
      assert.equal((await unary(health, 'check', { service: PARCEL_SERVICE })).status, 'SERVING');
    }],

    ['grpc-js: health of a service that is not there is NOT_FOUND', () =>
      fails(unary(health, 'check', { service: 'demo.Nothing' }), 'NOT_FOUND')],
  ];
}

// run.sh tells the pid of the process that it started.
function providerLives() {
  const pid = Number(process.env.PROVIDER_PID);
  try {
    return !pid || process.kill(pid, 0);
  } catch {
    return false;
  }
}

function unary(client, method, request, callOptions = options()) {
  return new Promise((resolve, reject) => {
    client[method](request, callOptions, (error, reply) => (error ? reject(error) : resolve(reply)));
  });
}

async function received(call) {
  const messages = [];
  for await (const message of call) {
    messages.push(message);
  }
  return messages;
}

async function fails(outcome, expected) {
  const error = await outcome.then((reply) => assert.fail(`answered ${JSON.stringify(reply)} (expected: ${expected})`),
    (reason) => reason);
  if (error instanceof assert.AssertionError) {
    throw error;
  }
  assert.equal(codeName(error), expected, `${codeName(error)}: ${error.details} (expected: ${expected})`);
  return error.details;
}
