// SPDX-License-Identifier: Apache-2.0
// Drives a device with the host side of @yume-chan/adb: shell with exit code and streams, push and pull of a file.
//   node yume_host.mjs PORT FILE REMOTE     prints one JSON object
import { createHash, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { Adb, AdbDaemonTransport, AdbPacket, AdbPacketSerializeStream } from "@yume-chan/adb";
import { Consumable, PushReadableStream, ReadableStream, StructDeserializeStream, WritableStream, pipeFrom } from "@yume-chan/stream-extra";

const [port, file, remote] = process.argv.slice(2);
const deadline = setTimeout(() => {
  console.error("no end within 60 s");
  process.exit(3);
}, 60_000);

const socket = connect({ host: "127.0.0.1", port: Number(port), noDelay: true });
await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
const bytes = new PushReadableStream((controller) => {
  socket.on("data", async (chunk) => {
    socket.pause();
    await controller.enqueue(new Uint8Array(chunk));
    socket.resume();
  });
  socket.on("end", () => controller.close());
  socket.on("error", () => controller.close());
});
const sink = new Consumable.WritableStream({
  write: (chunk) => new Promise((resolve, reject) => socket.write(chunk, (error) => (error ? reject(error) : resolve()))),
  close: () => socket.end(),
});
const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "der" });
const transport = await AdbDaemonTransport.authenticate({
  serial: `127.0.0.1:${port}`,
  connection: { readable: bytes.pipeThrough(new StructDeserializeStream(AdbPacket)), writable: pipeFrom(sink, new AdbPacketSerializeStream()) },
  credentialStore: { generateKey: () => ({ buffer: new Uint8Array(key), name: "judge@nordlys" }), *iterateKeys() { yield { buffer: new Uint8Array(key) }; } },
});
const adb = new Adb(transport);
const result = { model: adb.banner.model, features: adb.deviceFeatures };

const shell = await adb.subprocess.shellProtocol.spawnWaitText("echo out; echo err >&2; exit 7");
result.shell = { stdout: shell.stdout, stderr: shell.stderr, exitCode: shell.exitCode };

const content = readFileSync(file);
const sync = await adb.sync();
await sync.write({
  filename: remote,
  file: new ReadableStream({
    start(controller) {
      for (let at = 0; at < content.length; at += 60_000) controller.enqueue(new Uint8Array(content.subarray(at, at + 60_000)));
      controller.close();
    },
  }),
  permission: 0o644,
  mtime: 1_600_000_000,
});
result.size = Number((await sync.lstat(remote)).size);
const hash = createHash("sha256");
let pulled = 0;
for await (const chunk of sync.read(remote)) {
  hash.update(chunk);
  pulled += chunk.length;
}
result.pulled = pulled;
result.identical = hash.digest("hex") === createHash("sha256").update(content).digest("hex");
result.listed = (await sync.readdir(remote.slice(0, remote.lastIndexOf("/")))).map((entry) => entry.name);
await sync.dispose();
await adb.close();
console.log(JSON.stringify(result));
clearTimeout(deadline);
process.exit(0);
