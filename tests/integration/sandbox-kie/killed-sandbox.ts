/**
 * A sandbox of its own for restart.test.ts, which kills it: `node killed-sandbox.ts <store file> <callback URL> <speed>`.
 * Creates one task, prints `created <taskId>`, and lives until it is killed.
 */
import { createCallRecorder } from "../../../lib/sandbox/calls.ts";
import { createSandboxClock } from "../../../lib/sandbox/clock.ts";
import { createKieSimulator } from "../../../lib/sandbox/kie/simulator.ts";
import { openStore } from "../../../lib/sandbox/store.ts";

const [file = "", callBackUrl = "", speed = "1"] = process.argv.slice(2);
const store = openStore(file);
const context = {
  store,
  clock: createSandboxClock(store),
  calls: createCallRecorder(),
  origin: "http://sandbox",
  note: () => undefined,
};
const kie = createKieSimulator(context, {
  prefix: "/kie",
  uploadPrefix: "/kie-upload",
  filesPrefix: "/kie-files",
  apiKey: "test-key",
  speed: Number(speed),
});
kie.start();
const response = await kie.handle(
  new Request("http://sandbox/kie/api/v1/jobs/createTask", {
    method: "POST",
    headers: { authorization: "Bearer test-key" },
    body: JSON.stringify({ model: "nano-banana-2", input: { prompt: "кот" }, callBackUrl }),
  }),
);
console.log(`created ${JSON.parse(await response.text()).data.taskId}`);
setInterval(() => undefined, 60_000);
