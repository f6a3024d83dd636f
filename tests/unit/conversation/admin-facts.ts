import type { CatalogChange, Completion, EntryHealth } from "../../../lib/catalog/live/changes.ts";
import { overlay } from "../../../lib/catalog/live/overlay.ts";
import type { Catalog } from "../../../lib/catalog/load.ts";
import { readAdminParts } from "../../../lib/conversation/admin/callback-parts.ts";
import { adminPart } from "../../../lib/conversation/admin/part.ts";
import type { AdminAction, AdminFacts, Proposal } from "../../../lib/conversation/admin/types.ts";
import type { AdminPart } from "../../../lib/conversation/admin-part.ts";
import { decodeAction } from "../../../lib/conversation/callback-data.ts";
import { FAMILIES, memoryCatalog } from "./fixture-catalog.ts";

/** One change of every kind, the way a sync finds them. */
export const CHANGES: readonly CatalogChange[] = [
  {
    kind: "new-model",
    model: "maker/dream-6",
    title: "Dream 6",
    provider: "Maker",
    taskTypes: ["text-to-image"],
    priceText: "8 credits ($0.04) per image",
    family: FAMILIES[0] ?? null,
    problem: null,
  },
  {
    kind: "new-model",
    model: "maker/odd",
    title: "Odd",
    provider: "Maker",
    taskTypes: [],
    priceText: null,
    family: null,
    problem: "The field shape is an object.",
  },
  { kind: "gone-model", model: "maker/old" },
  {
    kind: "field-added",
    model: "maker/dream-5",
    name: "seed",
    field: { type: "integer", min: 0, max: 100, default: 1, enum: [1, 2] },
  },
  { kind: "field-removed", model: "maker/dream-5", name: "style" },
  { kind: "options", model: "maker/dream-5", name: "resolution", added: ["4K"], removed: ["480p", 5, true] },
  { kind: "limit", model: "maker/dream-5", name: "duration", limit: "max", before: 10, after: 15 },
  { kind: "limit", model: "maker/dream-5", name: "prompt", limit: "required", before: 1, after: 0 },
  { kind: "limit", model: "maker/dream-5", name: "prompt", limit: "maxLength", before: null, after: 5000 },
  { kind: "price-text", model: "maker/dream-5", before: "4 credits per image", after: "5 credits per image" },
  { kind: "price-text", model: "maker/dream-5", before: null, after: "p".repeat(9_000) },
];

export function makeProposal(change: CatalogChange | undefined, fields: Partial<Proposal> = {}): Proposal {
  if (change === undefined) throw new Error("no such change");
  return {
    id: "a1b2c3d4e5f6g7h8",
    status: "proposed",
    change,
    completion: {},
    createdAt: new Date("2026-11-20T09:00:00Z"),
    fault: null,
    ...fields,
  };
}

/** The admins' part of the dialogue, over made-up facts. */
export function makeAdmin(fields: Partial<AdminFacts> = {}): AdminPart {
  return adminPart({
    sync: null,
    counts: { proposed: 0, approved: 0, ignored: 0, "rolled-back": 0 },
    waiting: {},
    proposals: [],
    proposal: null,
    ...fields,
  });
}

/** Callback data of an admin's button, as the admins' part of the program reads it; null for anything else. */
export function readAdminData(data: string): { action: AdminAction; revision: number } | null {
  const decoded = decodeAction(data);
  if (decoded?.action.kind !== "admin") return null;
  const action = readAdminParts(decoded.action.parts);
  return action === null ? null : { action, revision: decoded.revision };
}

export const FULL: Completion = {
  category: "image",
  titleRu: "Мечта 6",
  titleEn: "Dream 6",
  price: { credits: 8, per: "image" },
};

/** The catalog of the fixtures as it looks while some of it fails, or was taken off sale by an admin. */
export function ailingCatalog(health: readonly EntryHealth[], off: readonly string[] = []): Catalog {
  return overlay(memoryCatalog(), {
    revision: 7,
    overrides: off.map((entry) => ({
      id: entry,
      kind: "setting",
      setting: { kind: "visible", entry, visible: false },
    })),
    health,
  });
}
