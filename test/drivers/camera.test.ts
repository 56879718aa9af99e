import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Camera, CameraEvent } from '../../drivers/contracts/camera.ts';
import { createCamera } from '../../drivers/camera/driver.ts';
import { boundaryOf, type MultipartItem, MultipartParser } from '../../drivers/camera/multipart.ts';
import { Recording, until } from './harness.ts';

/** Begins and ends as a JPEG does; the driver does not decode. */
const picture = (seed: number, length = 400): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => [0xff, 0xd8][i] ?? [0xd9, 0xff][length - 1 - i] ?? (i * seed) % 251);

const part = (jpeg: Uint8Array, headers = `Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}`): Buffer =>
  Buffer.concat([Buffer.from(`--frame\r\n${headers}\r\n\r\n`), jpeg, Buffer.from('\r\n')]);
const endOfPart = Buffer.from('--frame');

const jpegs = (items: readonly MultipartItem[]): Uint8Array[] =>
  items.flatMap((item) => (item.kind === 'frame' ? [item.jpeg] : []));
const troubles = (items: readonly MultipartItem[]): string[] =>
  items.flatMap((item) => (item.kind === 'broken' ? [item.because] : []));

test.each([
  ['multipart/x-mixed-replace; boundary=frame', 'frame'],
  ['multipart/x-mixed-replace;boundary="a b"', 'a b'],
  ['Multipart/X-Mixed-Replace; charset=x; boundary=--myboundary', '--myboundary'],
  ['multipart/x-mixed-replace', undefined],
  ['text/html', undefined],
  [undefined, undefined],
])('the boundary of %s is %s', (contentType, boundary) => {
  expect(boundaryOf(contentType)).toBe(boundary);
});

test.each([
  ['with a length', (jpeg: Uint8Array) => part(jpeg)],
  ['without a length', (jpeg: Uint8Array) => part(jpeg, 'Content-Type: image/jpeg')],
  ['padded behind its end', (jpeg: Uint8Array) => part(Uint8Array.of(...jpeg, 0, 0, 0x0d, 0x0a))],
])('a picture %s comes out whole when the stream is cut anywhere', (_, encode) => {
  const stream = Buffer.concat([encode(picture(3, 60)), encode(picture(5, 60)), endOfPart]);
  for (let cut = 0; cut <= stream.length; cut++) {
    const parser = new MultipartParser('frame');
    const items = [...parser.push(stream.subarray(0, cut)), ...parser.push(stream.subarray(cut))];
    expect(jpegs(items), `cut at ${cut}`).toEqual([picture(3, 60), picture(5, 60)]);
    expect(troubles(items)).toEqual([]);
  }
});

test('pictures that hold bytes like a boundary are told by their length', () => {
  const tricky = picture(7, 80);
  tricky.set(Buffer.from('\r\n--frame\r\n'), 20);
  expect(jpegs(new MultipartParser('frame').push(part(tricky)))).toEqual([tricky]);
});

test('a truncated picture is broken, and the next one is right', () => {
  const whole = picture(11);
  const honest = part(whole.subarray(0, 200));
  const lying = Buffer.concat([part(whole).subarray(0, 200), Buffer.from('\r\n')]);
  for (const broken of [honest, lying]) {
    const items = new MultipartParser('frame').push(Buffer.concat([broken, part(whole), part(whole), endOfPart]));
    expect(troubles(items)).toEqual(['truncated']);
    expect(jpegs(items).length).toBeGreaterThanOrEqual(1);
    expect(jpegs(items).at(-1)).toEqual(whole);
  }
});

test('a part that is no picture, too large, or headed without end is broken and not collected', () => {
  const limits = { frame_bytes: 1000, header_bytes: 200 };
  const push = (...chunks: (string | Uint8Array)[]): MultipartItem[] => {
    const parser = new MultipartParser('frame', limits);
    return chunks.flatMap((chunk) => parser.push(Buffer.from(chunk as string)));
  };
  const good = part(picture(3));
  expect(troubles(push(part(Buffer.from('<html>nothing here</html>')), good))).toEqual(['not-jpeg']);
  expect(troubles(push('--frame\r\nContent-Length: 999999\r\n\r\n', good))).toEqual(['too-large']);
  expect(troubles(push(`--frame\r\n${'x'.repeat(300)}`, good))).toEqual(['bad-header']);
  const endless = push('--frame\r\n\r\n', new Uint8Array(600), new Uint8Array(600), '\r\n', good, endOfPart);
  expect(troubles(endless)).toEqual(['too-large']);
  expect(jpegs(endless)).toEqual([picture(3)]);
});

test('whatever comes, no more is held than one picture and one chunk', () => {
  const limits = { frame_bytes: 2000, header_bytes: 300 };
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 500 }),
    fc
      .constantFrom('--frame', '\r\n\r\n', 'Content-Length: 1500\r\n\r\n', '--frame\r\nContent-Length: 99\r\n\r\n')
      .map((text) => Uint8Array.from(Buffer.from(text))),
  );
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 60 }), (chunks) => {
      const parser = new MultipartParser('frame', limits);
      for (const chunk of chunks) {
        for (const jpeg of jpegs(parser.push(chunk))) expect(jpeg.length).toBeLessThanOrEqual(limits.frame_bytes);
        expect(parser.held_bytes).toBeLessThanOrEqual(limits.frame_bytes + 500 + '--frame'.length);
      }
    }),
    { seed: 20260106, numRuns: 300 },
  );
});

/** A camera that sends what the test says. */
class TestCamera {
  readonly #responses = new Set<ServerResponse>();
  readonly #server = createServer((_, response) => {
    this.requests++;
    response.on('error', () => {}); // the driver hangs up when it likes
    if (this.status !== 200) {
      response.writeHead(this.status).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame', server: 'test camera' });
    response.flushHeaders();
    this.#responses.add(response);
    response.on('close', () => this.#responses.delete(response));
  });
  #port = 0;
  requests = 0;
  status = 200;
  next: () => Buffer | undefined = () => undefined;

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  tick(): void {
    const data = this.next();
    if (data !== undefined) for (const response of this.#responses) response.write(data);
  }

  async close(): Promise<void> {
    for (const response of this.#responses) response.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}

type Setup = { readonly server: TestCamera; readonly camera: Camera; readonly heard: Recording<CameraEvent> };

async function cameraInService(): Promise<Setup> {
  const server = new TestCamera();
  await server.listen();
  let count = 1;
  server.next = () => part(picture(++count));
  const timer = setInterval(() => server.tick(), 30);
  onTestFinished(async () => {
    clearInterval(timer);
    await server.close();
  });
  const camera = createCamera({ url: server.url, noFrames_ms: 400, frozen_ms: 400, stale_ms: 300 });
  const heard = new Recording(camera);
  await heard.cleared('DEVICE_DISCONNECTED');
  return { server, camera, heard };
}

test('pictures arrive, each newer than the last', async () => {
  const { camera, heard } = await cameraInService();
  const frames = (): CameraEvent[] => heard.events.filter((event) => event.type === 'frame');
  await until('five pictures', () => frames().length >= 5);
  const sequences = frames().map((event) => event.frame.sequence);
  expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
  expect(new Set(sequences).size).toBe(sequences.length);
  expect(camera.latest()?.jpeg.subarray(0, 2)).toEqual(Uint8Array.of(0xff, 0xd8));
  expect(camera.identification()).toBe('test camera');
  expect(heard.standing).toEqual([]);
});

test('a camera that repeats one picture is frozen until it shows another', async () => {
  const { server, heard } = await cameraInService();
  const moving = server.next;
  server.next = () => part(picture(42));
  await heard.raised('CAMERA_FROZEN');
  server.next = moving;
  await heard.cleared('CAMERA_FROZEN');
});

test('a camera that stops has no newest picture, and is asked anew', async () => {
  const { server, camera, heard } = await cameraInService();
  const moving = server.next;
  server.next = () => undefined;
  await heard.raised('CAMERA_NO_FRAMES');
  expect(camera.latest()).toBeUndefined();
  await heard.raised('DEVICE_DISCONNECTED');
  server.next = moving;
  await heard.cleared('CAMERA_NO_FRAMES');
  await heard.cleared('DEVICE_DISCONNECTED');
  expect(server.requests).toBeGreaterThan(1);
});

test('truncated pictures are never passed on, and reported until good ones come again', async () => {
  const { server, camera, heard } = await cameraInService();
  const moving = server.next;
  server.next = () => part(picture(9).subarray(0, 200));
  await heard.raised('CAMERA_BROKEN_FRAMES');
  await heard.raised('CAMERA_NO_FRAMES');
  expect(camera.latest()).toBeUndefined();
  server.next = moving;
  await heard.cleared('CAMERA_BROKEN_FRAMES');
  expect(heard.standing).toEqual([]);
  for (const event of heard.events) {
    if (event.type === 'frame') expect(event.frame.jpeg.subarray(-2)).toEqual(Uint8Array.of(0xff, 0xd9));
  }
});

test('a flood of pictures is thinned out, none is queued', async () => {
  const { server, heard } = await cameraInService();
  let count = 0;
  server.next = () => Buffer.concat(Array.from({ length: 50 }, () => part(picture(++count, 5000))));
  await until('a thousand pictures sent', () => count > 1000);
  await heard.next('picture', (event) => event.type === 'frame');
  const frames = heard.events.filter((event) => event.type === 'frame');
  const times = frames.map((event) => event.frame.at_ms);
  for (const [i, at_ms] of times.entries()) if (i > 0) expect(at_ms - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(20);
  // Dropped pictures are counted.
  expect(frames.at(-1)?.frame.sequence).toBeGreaterThan(frames.length);
});

test('a camera that refuses or is not there is disconnected, and found when it is back', async () => {
  const { server, heard } = await cameraInService();
  server.status = 503;
  await server.close();
  await heard.raised('DEVICE_DISCONNECTED');
  await server.listen();
  const requests = server.requests;
  await until('refused', () => server.requests > requests);
  expect(heard.standing).toContain('DEVICE_DISCONNECTED');
  server.status = 200;
  await heard.cleared('DEVICE_DISCONNECTED');
});

test('an address that is none is a camera that is not there', async () => {
  const heard = new Recording(createCamera({ url: 'no address', noFrames_ms: 100 }));
  await heard.raised('CAMERA_NO_FRAMES');
  expect(heard.standing).toEqual(['CAMERA_NO_FRAMES', 'DEVICE_DISCONNECTED']);
});
