// SPDX-License-Identifier: Apache-2.0
// Plays a device on a TCP port with @devicefarmer/adbkit, which hands everything on to a device of an adb server.
//   node adbkit_device.mjs SERVER_PORT SERIAL     prints its port, ends with its standard input
import adbkit from "@devicefarmer/adbkit";

const [serverPort, serial] = process.argv.slice(2);
const client = adbkit.Adb.createClient({ host: "127.0.0.1", port: Number(serverPort) });
const device = client.createTcpUsbBridge(serial, { auth: () => Promise.resolve() });
device.on("error", (error) => console.error(String(error)));
device.on("listening", () => console.log(device.server.address().port));
device.listen(0, "127.0.0.1");
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
