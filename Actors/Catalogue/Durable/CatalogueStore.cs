using System.Security.Cryptography;
using Akka.DistributedData;
using Microsoft.Data.Sqlite;
using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Catalogue.Serialization;

namespace RustyRail.Actors.Catalogue.Durable;

/// <summary>
/// The catalogue's file. Two tables: <c>entry</c> has DistributedData's rows, one per key; <c>edit</c> has edits that were accepted and are not in their
/// key's row yet. An edit is written here before DistributedData sees it, because that one changes its memory (and tells the other nodes) before it asks
/// its store: so a full disk refuses an edit as a whole, and a crash in between loses none. Thread-safe; calls block on the disk.
/// </summary>
public sealed class CatalogueStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly List<AcceptedEdit> _unsettled;

    private CatalogueStore(string path, SqliteConnection connection)
    {
        Path = path;
        _connection = connection;
        _unsettled = _connection.Rows("SELECT id, key, payload, sha256 FROM edit ORDER BY id", row => new AcceptedEdit(
            row.GetInt64(0), row.GetString(1), ReplicatedValueCodec.Decode(row.GetString(1), Verified(row.GetString(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3)))));
        LoadEntries();
    }

    public string Path { get; }

    /// <summary>Opens the file, or makes it, and checks all of it. Call this before anything else starts.</summary>
    /// <exception cref="CatalogueStoreException">It cannot be used.</exception>
    public static CatalogueStore Open(string path) => Open(path, maxPages: 0);

    internal static CatalogueStore Open(string path, int maxPages)
    {
        SqliteConnection connection = CatalogueFile.Open(path, maxPages);
        try
        {
            return new CatalogueStore(path, connection);
        }
        catch (Exception cause) when (cause is SqliteException or FormatException)
        {
            connection.Dispose();
            if (cause is SqliteException sqlite) throw CatalogueStoreException.From(path, sqlite);
            throw CatalogueStoreException.Damaged(path, $"is damaged ({cause.Message})");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Nothing was ever kept in it.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _unsettled.Count == 0 && _connection.Number("SELECT count(*) FROM entry") == 0;
        }
    }

    /// <summary>Edits accepted earlier that a crash may have kept from their key's row.</summary>
    internal IReadOnlyList<AcceptedEdit> UnsettledEdits()
    {
        lock (_gate) return [.. _unsettled];
    }

    /// <summary>When this returns, the edit and the change's place in the log survive a crash. When it throws, nothing of them is left.</summary>
    internal void Accept(string key, CatalogueEntries edit, ChangeLog? change = null) => Guarded(() =>
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        List<AcceptedEdit> accepted = [Insert(key, edit)];
        if (change is not null) accepted.Add(Insert(ChangeLogKey.Instance.Id, change));
        transaction.Commit();
        _unsettled.AddRange(accepted);
    });

    internal IReadOnlyList<StoredEntry> LoadEntries()
    {
        lock (_gate)
        {
            return _connection.Rows("SELECT key, serializer, manifest, payload, sha256 FROM entry ORDER BY key", row => new StoredEntry(
                row.GetString(0), row.GetInt32(1), row.GetString(2), Verified(row.GetString(0), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4))));
        }
    }

    /// <summary>All rows in one transaction, and with them goes every accepted edit that they contain.</summary>
    internal void Save(IReadOnlyList<(StoredEntry Entry, IReplicatedData? Value)> rows) => Guarded(() =>
    {
        AcceptedEdit[] settled = [.. _unsettled.Where(edit => rows.Any(row => row.Entry.Key == edit.Key && ReplicatedValueCodec.Contains(row.Value, edit.Value)))];
        using SqliteTransaction transaction = _connection.BeginTransaction();
        foreach ((StoredEntry entry, _) in rows)
        {
            _connection.Execute(
                "INSERT OR REPLACE INTO entry (key, serializer, manifest, payload, sha256) VALUES ($key, $serializer, $manifest, $payload, $sha)",
                ("$key", entry.Key),
                ("$serializer", entry.SerializerId),
                ("$manifest", entry.Manifest),
                ("$payload", entry.Payload),
                ("$sha", SHA256.HashData(entry.Payload)));
        }

        foreach (AcceptedEdit edit in settled) _connection.Execute("DELETE FROM edit WHERE id = $id", ("$id", edit.Id));
        transaction.Commit();
        _unsettled.RemoveAll(settled.Contains);
    });

    public void Dispose()
    {
        lock (_gate) _connection.Dispose();
    }

    private AcceptedEdit Insert(string key, IReplicatedData value)
    {
        byte[] payload = ReplicatedValueCodec.Encode(value);
        long id = _connection.Number(
            "INSERT INTO edit (key, payload, sha256) VALUES ($key, $payload, $sha) RETURNING id",
            ("$key", key), ("$payload", payload), ("$sha", SHA256.HashData(payload)));
        return new AcceptedEdit(id, key, value);
    }

    private void Guarded(Action write)
    {
        lock (_gate)
        {
            try
            {
                write();
            }
            catch (SqliteException cause)
            {
                throw CatalogueStoreException.From(Path, cause);
            }
        }
    }

    // SQLite notices a broken structure, not a changed byte inside a value.
    private byte[] Verified(string key, byte[] payload, byte[] sha256) => SHA256.HashData(payload).AsSpan().SequenceEqual(sha256)
        ? payload
        : throw CatalogueStoreException.Damaged(Path, $"is damaged (the checksum of \"{key}\" does not match)");
}
