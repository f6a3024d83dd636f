/** Which of the fitting calls go wrong. */
export interface Shots {
  /** How many in a row; 1 by default. */
  times?: number | undefined;
  /** How many pass before; 0 by default. `skip: 2` hits the third. */
  skip?: number | undefined;
}

interface Planned<Subject, Fault> {
  fault: Fault;
  fits: (subject: Subject) => boolean;
  times: number;
  skip: number;
}

/** Faults that wait for the calls they fit. In memory: a restart forgets them. */
export interface FaultPlan<Subject, Fault extends { kind: string }> {
  /** @throws RangeError when `times` is not a positive or `skip` not a non-negative whole number. */
  add(fault: Fault, fits: (subject: Subject) => boolean, shots?: Shots): void;
  /** The fault that hits this subject, which is thereby used up and counted. The one set first wins. */
  take(subject: Subject, kinds?: readonly Fault["kind"][]): Fault | undefined;
  /** How many calls these faults are still waiting for. */
  left(chosen?: (fault: Fault) => boolean): number;
  clear(): void;
}

export function createFaultPlan<Subject, Fault extends { kind: string }>(
  counts: FaultCounts,
): FaultPlan<Subject, Fault> {
  let planned: Planned<Subject, Fault>[] = [];
  return {
    add: (fault, fits, { times = 1, skip = 0 } = {}) => {
      if (!Number.isInteger(times) || times < 1) throw new RangeError(`times must be 1 or more, not ${times}`);
      if (!Number.isInteger(skip) || skip < 0) throw new RangeError(`skip must be 0 or more, not ${skip}`);
      planned.push({ fault, fits, times, skip });
    },
    take: (subject, kinds) => {
      for (const plan of planned) {
        if (kinds && !kinds.includes(plan.fault.kind)) continue;
        if (!plan.fits(subject)) continue;
        if (plan.skip > 0) {
          plan.skip -= 1;
          continue;
        }
        plan.times -= 1;
        if (plan.times === 0) planned = planned.filter((other) => other !== plan);
        counts.hit(plan.fault.kind);
        return plan.fault;
      }
      return undefined;
    },
    left: (chosen = () => true) =>
      planned.filter(({ fault }) => chosen(fault)).reduce((sum, { times }) => sum + times, 0),
    clear: () => {
      planned = [];
    },
  };
}

/** How often each fault of one simulator was injected since its last reset, by the fault's name. */
export interface FaultCounts {
  hit(name: string): void;
  all(): Readonly<Record<string, number>>;
  clear(): void;
}

export function createFaultCounts(): FaultCounts {
  const counts = new Map<string, number>();
  return {
    hit: (name) => void counts.set(name, (counts.get(name) ?? 0) + 1),
    all: () => Object.fromEntries(counts),
    clear: () => counts.clear(),
  };
}
