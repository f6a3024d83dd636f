// @ts-check
/** The event stream of the sandbox and what the page knows about being connected. */

/**
 * Follows `/sandbox/events`. The browser reconnects by itself after a drop, but gives up after an HTTP error, so the page
 * tries again with growing pauses.
 *
 * @param {{onChange: (userId: number | undefined) => void, onStatus: (isOnline: boolean) => void}} handlers
 *   `onChange` gets no user when the event names none: anything may have changed.
 */
export function followEvents({ onChange, onStatus }) {
  /** @type {EventSource | undefined} */
  let source;
  let attempts = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function open() {
    clearTimeout(timer);
    source?.close();
    source = new EventSource("/sandbox/events");
    source.onopen = () => {
      attempts = 0;
      onStatus(true);
    };
    source.onmessage = (event) => onChange(readUserId(event.data));
    source.onerror = () => {
      onStatus(false);
      if (source?.readyState !== EventSource.CLOSED) return;
      attempts += 1;
      timer = setTimeout(open, Math.min(10_000, 1000 * 2 ** (attempts - 1)));
    };
  }

  open();
  return { retry: open };
}

/**
 * @param {string} data
 * @returns {number | undefined}
 */
function readUserId(data) {
  try {
    const chat = Number(JSON.parse(data).chat);
    return Number.isSafeInteger(chat) && chat > 0 ? chat : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs `load` never twice at once: requests that come while it runs are answered by one more run after it.
 *
 * @param {() => Promise<void>} load Must not reject.
 * @returns {() => Promise<void>} Resolves when a run that began after the call has finished.
 */
export function coalesce(load) {
  /** @type {Promise<void> | undefined} */
  let running;
  /** @type {Promise<void> | undefined} */
  let next;
  const run = () => {
    running = load().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (!running) return run();
    next ??= running.then(() => {
      next = undefined;
      return run();
    });
    return next;
  };
}
