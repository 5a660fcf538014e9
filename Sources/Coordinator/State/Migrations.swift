import GRDB

/// The schema, as numbered steps that are never edited once released.
enum Migrations {
    /// Every step in order.
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("001 people", migrate: Migration001.migrate)
        migrator.registerMigration("002 projects and roster", migrate: Migration002.migrate)
        migrator.registerMigration("003 nodes", migrate: Migration003.migrate)
        migrator.registerMigration("004 queries and dispatch", migrate: Migration004.migrate)
        migrator.registerMigration("005 audit", migrate: Migration005.migrate)
        migrator.registerMigration("006 former keys", migrate: Migration006.migrate)
        migrator.registerMigration("007 totals", migrate: Migration007.migrate)
        migrator.registerMigration("008 courier and audit heads", migrate: Migration008.migrate)
        migrator.registerMigration("009 catalogues", migrate: Migration009.migrate)
        migrator.registerMigration("010 totals that the hospitals open together", migrate: Migration010.migrate)
        return migrator
    }
}
