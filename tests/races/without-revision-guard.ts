import type { Database } from "../../lib/db/client.ts";
import type { TestDatabase } from "../support/database.ts";
import type { Rig } from "./rig.ts";

/**
 * A dialogue whose revision fits everybody: `conversations` becomes a view with 60 revisions per person, each a row (and
 * a lock) of its own, whose updates change nothing. So the product's own statement runs, and only the wallet decides.
 */
export async function withoutRevisionGuard(rig: Rig): Promise<{ db: TestDatabase; database: Database }> {
  const opened = await rig.open();
  await opened.db.rows(`
    alter table conversations rename to one_conversation;
    create table slots (user_id bigint, revision int, state jsonb, updated_at timestamptz, primary key (user_id, revision));
    create view conversations as select user_id, revision, state, updated_at from slots;
    create function pretend_update() returns trigger language plpgsql as $$ begin
      if old.revision <> 1 then return null; end if;
      return new;
    end $$;
    create trigger pretend_update instead of update on conversations for each row execute function pretend_update();
    create function pretend_insert() returns trigger language plpgsql as $$ begin
      insert into slots select new.user_id, n, new.state, new.updated_at from generate_series(1, 60) as n;
      return new;
    end $$;
    create trigger pretend_insert instead of insert on conversations for each row execute function pretend_insert();`);
  return opened;
}
