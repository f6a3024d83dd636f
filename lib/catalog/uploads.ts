import type { UploadRef } from "../shared/media.ts";
import type { ParamOf } from "./entry.ts";
import type { ValueProblem } from "./param-values.ts";

type MediaParam = ParamOf<"media">;

/** KIE writes "10 MB" without saying which; the decimal megabyte is the smaller one, so it is never too much. */
const MEGABYTE = 1_000_000;

/** What is wrong with one file for this param, looking at measured facts only, or null. */
export function checkUpload(param: MediaParam, upload: UploadRef): ValueProblem | null {
  if (upload.kind !== param.accepts) return { code: "wrong-media", param: param.name, accepts: param.accepts };
  if (!param.formats.includes(upload.format)) {
    return { code: "wrong-format", param: param.name, formats: param.formats, actual: upload.format };
  }
  if (upload.sizeBytes > param.maxFileMegabytes * MEGABYTE) {
    return {
      code: "file-too-large",
      param: param.name,
      limitMegabytes: param.maxFileMegabytes,
      // Rounded up, so that a file just over the limit is not shown as equal to it.
      actualMegabytes: Math.ceil((upload.sizeBytes * 10) / MEGABYTE) / 10,
    };
  }
  return checkDuration(param, upload) ?? checkPixels(param, upload);
}

/** What is wrong with the files of this param together, or the first thing wrong with one of them, or null. */
export function checkUploads(param: MediaParam, uploads: readonly UploadRef[]): ValueProblem | null {
  const maxItems = param.many ? param.maxItems : 1;
  if (uploads.length > maxItems) return { code: "too-many-items", param: param.name, limit: maxItems };
  if (uploads.length < (param.minItems ?? 1)) {
    return { code: "too-few-items", param: param.name, limit: param.minItems ?? 1 };
  }
  for (const upload of uploads) {
    const problem = checkUpload(param, upload);
    if (problem) return problem;
  }
  return checkTotal(param, uploads);
}

/** Whether the files together are longer than allowed. */
export function checkTotal(param: MediaParam, uploads: readonly UploadRef[]): ValueProblem | null {
  if (param.maxTotalSeconds === undefined) return null;
  const actualSeconds = uploads.reduce((sum, upload) => sum + (upload.durationSeconds ?? 0), 0);
  if (actualSeconds <= param.maxTotalSeconds) return null;
  return {
    code: "duration-out-of-range",
    param: param.name,
    minSeconds: param.minDurationSeconds ?? 0,
    maxSeconds: param.maxTotalSeconds,
    actualSeconds,
  };
}

function checkDuration(param: MediaParam, upload: UploadRef): ValueProblem | null {
  if (param.accepts === "image") return null;
  const minSeconds = param.minDurationSeconds ?? 0;
  const maxSeconds = param.maxDurationSeconds ?? param.maxTotalSeconds ?? Number.MAX_SAFE_INTEGER;
  const actualSeconds = upload.durationSeconds ?? 0;
  // Money may depend on the length, so a file whose length nobody could measure is not taken.
  if (actualSeconds <= 0) {
    return { code: "wrong-format", param: param.name, formats: param.formats, actual: upload.format };
  }
  if (actualSeconds >= minSeconds && actualSeconds <= maxSeconds) return null;
  return { code: "duration-out-of-range", param: param.name, minSeconds, maxSeconds, actualSeconds };
}

function checkPixels(param: MediaParam, upload: UploadRef): ValueProblem | null {
  const { minSidePixels: minSide, maxSidePixels: maxSide, maxMegapixels } = param;
  if (minSide === undefined && maxSide === undefined && maxMegapixels === undefined) return null;
  const { width = 0, height = 0 } = upload;
  const fits =
    width > 0 &&
    height > 0 &&
    Math.min(width, height) >= (minSide ?? 0) &&
    Math.max(width, height) <= (maxSide ?? Number.MAX_SAFE_INTEGER) &&
    width * height <= (maxMegapixels ?? Number.MAX_SAFE_INTEGER) * 1_000_000;
  if (fits) return null;
  return {
    code: "picture-size",
    param: param.name,
    ...(minSide === undefined ? {} : { minSide }),
    ...(maxSide === undefined ? {} : { maxSide }),
    ...(maxMegapixels === undefined ? {} : { maxMegapixels }),
  };
}
