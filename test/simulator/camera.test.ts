import { createConnection } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createCamera } from '../../drivers/camera/driver.ts';
import type { Camera } from '../../drivers/contracts/camera.ts';
import type { DeviceFaultCode } from '../../drivers/contracts/device.ts';
import { SimulatedCamera } from '../../simulator/devices/camera.ts';

let camera: SimulatedCamera | undefined;
let driver: Camera | undefined;

afterEach(async () => {
  await driver?.stop();
  await camera?.stop();
  driver = undefined;
  camera = undefined;
});

/** A small whole JPEG frame with a counter in it, so that no two are equal. */
function jpegs(bytes = 600): () => Uint8Array {
  let count = 0;
  return () => {
    const picture = new Uint8Array(bytes).fill(0x11);
    picture.set([0xff, 0xd8, 0xff, 0xfe], 0);
    new DataView(picture.buffer).setUint32(8, count++);
    picture.set([0xff, 0xd9], bytes - 2);
    return picture;
  };
}

async function running(picture = jpegs()): Promise<SimulatedCamera> {
  camera = new SimulatedCamera({ port: 0, picture, interval_ms: 20 });
  await camera.start();
  return camera;
}

function watching(url: string): Camera {
  driver = createCamera({ url, stale_ms: 300, noFrames_ms: 300, frozen_ms: 300 });
  driver.start();
  return driver;
}

function raised(device: Camera, code: DeviceFaultCode): Promise<void> {
  return new Promise((resolve) => {
    device.subscribe((event) => event.type === 'faultRaised' && event.code === code && resolve());
  });
}

function frames(device: Camera, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    device.subscribe((event) => event.type === 'frame' && --left === 0 && resolve());
  });
}

test('whoever asks gets picture after picture, each a whole JPEG', async () => {
  const { url } = await running();
  const device = watching(url);
  await frames(device, 5);
  expect(device.latest()?.jpeg).toHaveLength(600);
});

test.each([
  ['frozen', 'CAMERA_FROZEN'],
  ['truncated', 'CAMERA_BROKEN_FRAMES'],
  ['stopped', 'CAMERA_NO_FRAMES'],
  ['refused', 'DEVICE_DISCONNECTED'],
] as const)('mode %s makes the driver raise %s, and pictures come again afterwards', async (mode, code) => {
  const simulated = await running();
  const device = watching(simulated.url);
  await frames(device, 2);
  const isRaised = raised(device, code);
  await simulated.setMode(mode);
  await isRaised;
  const isBack = frames(device, 2);
  await simulated.setMode('ok');
  await isBack;
  expect(simulated.mode).toBe('ok');
});

test('mode flooding does not keep a driver from the newest picture', async () => {
  const simulated = await running(jpegs(60_000));
  const device = watching(simulated.url);
  await simulated.setMode('flooding');
  await frames(device, 20);
  expect(device.latest()?.jpeg).toHaveLength(60_000);
});

test('a reader that takes nothing keeps at most two pictures waiting in the camera', async () => {
  const simulated = await running(jpegs(200_000));
  await simulated.setMode('flooding');
  const { port } = new URL(simulated.url);
  const socket = createConnection({ host: '127.0.0.1', port: Number(port) });
  socket.pause();
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve);
  });
  socket.write('GET /stream.mjpeg HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  const other = watching(simulated.url);
  await frames(other, 40);
  const { waiting_bytes } = simulated;
  socket.destroy();
  expect(waiting_bytes).toBeLessThan(2 * 200_400);
});

test('what is not the stream is refused', async () => {
  const { url } = await running();
  expect((await fetch(url.replace('stream.mjpeg', 'other'))).status).toBe(404);
  expect((await fetch(url, { method: 'POST' })).status).toBe(404);
});

test('a frozen camera sends the same picture byte for byte while its time stamps go on', async () => {
  let now_ms = 1_000_000;
  camera = new SimulatedCamera({ port: 0, picture: jpegs(), interval_ms: 20, now_ms: () => (now_ms += 40) });
  await camera.start();
  await camera.setMode('frozen');
  const response = await fetch(camera.url);
  const stamps: number[] = [];
  const bodies = new Set<string>();
  let text = '';
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk).toString('latin1');
    const parts = text.split('--frame\r\n').slice(1, -1);
    if (parts.length < 5) continue;
    for (const part of parts) {
      const [head = '', body = ''] = part.split('\r\n\r\n');
      stamps.push(Number(/X-Timestamp: ([\d.]+)/.exec(head)?.[1]));
      bodies.add(body);
    }
    break;
  }
  expect(bodies.size).toBe(1);
  expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
  expect(new Set(stamps).size).toBe(stamps.length);
});
