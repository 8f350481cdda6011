import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Plugins are unique by consumer group as well; so far none has one, which is the null at the end of the array. */
export const GROUP_SCOPE_MIGRATION: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`update entity_unique
      set fields = 'name,route,service,consumer,consumer_group',
        value = substr(value, 1, length(value) - 1) || ',null]'
      where kind = 'plugins' and fields = 'name,route,service,consumer'`.execute(db)
  },
}
