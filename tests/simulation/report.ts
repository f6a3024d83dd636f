import { type Counts, sumCounts } from "./counts.ts";
import type { Outcome } from "./fleet.ts";
import type { Tally } from "./verify.ts";
import type { Violation } from "./world.ts";

/** What all worlds of a run came to. */
export interface SimulationReport extends Tally {
  seed: number;
  worlds: number;
  /** Broken promises about money or results: those among the violations. */
  losses: number;
  events: number;
  virtualHours: number;
  /** What people did, by its name. */
  deeds: Counts;
  faults: Counts;
  faultsInjected: number;
  violations: { seed: number; violation: Violation }[];
  failures: { seed: number; failure: string }[];
  seconds: number;
  generationsPerSecond: number;
  /** The workers' processor time for one generation; PostgreSQL's comes on top. */
  workerMilliseconds: number;
  /** Share of the workers' time in which they computed; the rest is PostgreSQL's, on the same cores. */
  busyShare: number;
}

const LOSSES = /money|posted|balance|paid result|charge|succeeded/;

export function reportOf(seed: number, outcomes: readonly Outcome[], seconds: number): SimulationReport {
  const reports = outcomes.flatMap((outcome) => ("report" in outcome ? [outcome.report] : []));
  const failures = outcomes.flatMap((outcome) => ("failure" in outcome ? [outcome] : []));
  const total = (read: (report: (typeof reports)[number]) => number) =>
    reports.reduce((sum, report) => sum + read(report), 0);
  const faults = sumCounts(reports.map((report) => report.faults));
  const violations = reports.flatMap((report) =>
    report.violations.map((violation) => ({ seed: report.seed, violation })),
  );
  const generations = total((report) => report.generations);
  const busyMilliseconds = total((report) => report.busyMilliseconds);
  return {
    seed,
    worlds: outcomes.length,
    generations,
    deliveries: total((report) => report.deliveries),
    failuresTold: total((report) => report.failuresTold),
    cancelled: total((report) => report.cancelled),
    inBatches: total((report) => report.inBatches),
    duplicates: total((report) => report.duplicates),
    excuses: total((report) => report.excuses),
    lateSuccesses: total((report) => report.lateSuccesses),
    losses: violations.filter(({ violation }) => LOSSES.test(violation.invariant)).length,
    events: total((report) => report.events),
    virtualHours: total((report) => report.hours),
    deeds: sumCounts(reports.map((report) => report.deeds)),
    faults,
    faultsInjected: Object.values(faults).reduce((sum, count) => sum + count, 0),
    violations,
    failures,
    seconds,
    generationsPerSecond: generations / seconds,
    workerMilliseconds: busyMilliseconds / Math.max(1, generations),
    busyShare:
      busyMilliseconds /
      Math.max(
        1,
        total((report) => report.milliseconds),
      ),
  };
}

/** For a terminal. */
export function toldSimulation(report: SimulationReport): string {
  const { worlds, generations, deliveries, failuresTold, duplicates, excuses, violations, failures } = report;
  const listed = (counts: Counts) => Object.entries(counts).map(([name, count]) => `  ${name}: ${count}`);
  return [
    ...failures.map(({ seed, failure }) => `seed ${seed}: the simulation itself failed: ${failure}`),
    ...violations
      .slice(0, 10)
      .flatMap(({ seed, violation }) => [
        `seed ${seed}: «${violation.invariant}»: ${violation.detail}`,
        ...violation.history,
        "",
      ]),
    `${worlds} worlds from seed ${report.seed}: ${generations} generations (${report.inBatches} in batches), ${deliveries} delivered, ` +
      `${failuresTold} failures told, ${report.cancelled} cancelled, ${report.lateSuccesses} late results given free`,
    "what people did and what came of it:",
    ...listed(report.deeds),
    `${report.events} events in ${report.virtualHours.toFixed(0)} virtual hours; faults injected: ${report.faultsInjected}`,
    ...listed(report.faults),
    `messages sent once more: ${duplicates}, with ${excuses} answers lost; losses: ${report.losses}; violations: ${violations.length}`,
    `${report.seconds.toFixed(1)} s, ${report.generationsPerSecond.toFixed(1)} generations per second; the limit is the processor: ` +
      `${report.workerMilliseconds.toFixed(0)} ms of a worker's per generation (product and simulators) fill ` +
      `${Math.round(report.busyShare * 100)} % of the time, the rest it waits for PostgreSQL and whoever else has the cores`,
  ].join("\n");
}
