using Microsoft.Data.Sqlite;

namespace RustyRail.Actors.Catalogue.Durable;

/// <summary>From a path to an open connection that is known to work, or one line that says why not.</summary>
internal static class CatalogueFile
{
    /// <param name="maxPages">Bounds the file's size; 0 leaves that to the file system.</param>
    public static SqliteConnection Open(string path, int maxPages)
    {
        try
        {
            if (Directory.Exists(path)) throw CatalogueStoreException.Because(path, "is a directory");
            if (!File.Exists(path)) Create(path);
            if (new FileInfo(path).Length == 0) throw CatalogueStoreException.Damaged(path, "is empty, so it was cut off");
            return Connect(path, maxPages);
        }
        catch (SqliteException cause)
        {
            throw CatalogueStoreException.From(path, cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new CatalogueStoreException($"catalogue {path}: {cause.Message.ReplaceLineEndings(" ")}", cause);
        }
    }

    // Under another name until complete: SQLite takes an empty file for a new database, so a cut-off catalogue would otherwise pass for a fresh one.
    private static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string unfinished = path + ".new";
        File.Delete(unfinished);
        try
        {
            using (SqliteConnection connection = new(ConnectionString(unfinished, SqliteOpenMode.ReadWriteCreate)))
            {
                connection.Open();
                StoreSchema.Create(connection);
            }

            File.Move(unfinished, path);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static SqliteConnection Connect(string path, int maxPages)
    {
        SqliteConnection connection = new(ConnectionString(path, SqliteOpenMode.ReadWrite));
        try
        {
            connection.Open();
            // One process owns the file; exclusive from the first access on, so that the WAL index lives in memory and needs no shared file.
            connection.Execute("PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE");
            string mode = connection.Text("PRAGMA journal_mode = WAL");
            if (mode != "wal") throw CatalogueStoreException.Because(path, $"cannot be written (journal mode {mode})");
            // FULL: a commit is on the disk before an operator hears "accepted".
            connection.Execute("PRAGMA synchronous = FULL");
            if (maxPages > 0) connection.Number($"PRAGMA max_page_count = {maxPages}");
            StoreSchema.Check(connection, path);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string ConnectionString(string path, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 1 }.ToString();
}
