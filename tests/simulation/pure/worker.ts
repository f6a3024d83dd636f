/** A thread of run.ts: explores its share and sends what it found. */
import { parentPort, workerData } from "node:worker_threads";
import { together } from "./explore.ts";
import { explorePart, type Part } from "./explorers.ts";

const parts: readonly Part[] = workerData;
parentPort?.postMessage(parts.map((part) => ({ kind: part.kind, explored: together([explorePart(part)]) })));
