using System.Globalization;
using Microsoft.Data.Sqlite;

namespace RustyRail.Actors.Catalogue.Durable;

/// <summary>
/// The file's tables and their version. The version also covers what is inside the payloads (EntriesCodec, Akka's envelope): when an older program could
/// not read one of these, the version goes up.
/// </summary>
internal static class StoreSchema
{
    /// <summary>
    /// 1: entries only. 2: the change log beside them, which a program of version 1 cannot read. 3: services have fields (overlay, MSS clamp) that a program of
    /// version 2 would pass over and lose.
    /// </summary>
    public const int Version = 3;

    // "RRct": tells a catalogue from other SQLite files.
    private const int ApplicationId = 0x52526374;

    private const string Tables = """
        CREATE TABLE schema (version INTEGER NOT NULL);
        CREATE TABLE entry (
            key TEXT PRIMARY KEY, serializer INTEGER NOT NULL, manifest TEXT NOT NULL, payload BLOB NOT NULL, sha256 BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE edit (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, payload BLOB NOT NULL, sha256 BLOB NOT NULL);
        CREATE TABLE opened (times INTEGER NOT NULL);
        """;

    public static void Create(SqliteConnection connection)
    {
        // The mode is kept in the file; a new catalogue is complete before it gets its name.
        connection.Execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL");
        connection.Execute(string.Create(
            CultureInfo.InvariantCulture,
            $"BEGIN; PRAGMA application_id = {ApplicationId}; {Tables} INSERT INTO schema VALUES ({Version}); INSERT INTO opened VALUES (0); COMMIT"));
    }

    /// <summary>Throws unless this program may read and write the file, proven by writing to it.</summary>
    public static void Check(SqliteConnection connection, string path)
    {
        if (connection.Number("PRAGMA application_id") != ApplicationId) throw CatalogueStoreException.Foreign(path, "is an SQLite file, but not a catalogue");

        long version = connection.Number("SELECT version FROM schema");
        if (version > Version)
            throw CatalogueStoreException.Foreign(path, $"was written by a newer rustyrail (version {version}; this program knows up to {Version})");

        string verdict = connection.Text("PRAGMA integrity_check(1)");
        if (verdict != "ok") throw CatalogueStoreException.Damaged(path, $"is damaged ({verdict.ReplaceLineEndings(" ")})");

        // In one commit, and only now that all else is well: an older program must not be shut out of a file that this one does not take either.
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"BEGIN; UPDATE schema SET version = {Version}; UPDATE opened SET times = times + 1; COMMIT"));
    }
}
