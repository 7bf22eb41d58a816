using Microsoft.Data.Sqlite;

namespace RustyRail.Actors.Catalogue.Durable;

/// <summary>The catalogue's file cannot be used. The message is one line that names the file and the reason.</summary>
public sealed class CatalogueStoreException : Exception
{
    private const string Remedy = "restore it from a copy, or move it away and apply services.json again";

    public CatalogueStoreException(string message) : base(message)
    {
    }

    public CatalogueStoreException(string message, Exception cause) : base(message, cause)
    {
    }

    public CatalogueStoreException()
    {
    }

    /// <summary>It is the content that is wrong: where the catalogue lives on elsewhere, this file may be put aside.</summary>
    public bool IsUnreadable { get; private init; }

    internal static CatalogueStoreException Because(string path, string reason) => new($"catalogue {path}: {reason}");

    internal static CatalogueStoreException Damaged(string path, string how) => new($"catalogue {path}: {how}; {Remedy}") { IsUnreadable = true };

    internal static CatalogueStoreException Foreign(string path, string why) => new($"catalogue {path}: {why}") { IsUnreadable = true };

    internal static CatalogueStoreException From(string path, SqliteException cause) => new($"catalogue {path}: {Reason(cause)}", cause) { IsUnreadable = cause.SqliteErrorCode is 1 or 11 or 26 };

    // Result codes: https://www.sqlite.org/rescode.html
    private static string Reason(SqliteException cause) => cause.SqliteErrorCode switch
    {
        5 or 6 => "is in use by another process",
        8 => "cannot be written (read-only file or file system)",
        10 when cause.SqliteExtendedErrorCode == 3850 => "cannot be locked for writing (read-only file system?)",
        10 => $"input/output error (SQLite {cause.SqliteExtendedErrorCode})",
        1 => $"is damaged ({cause.Message.ReplaceLineEndings(" ")}); {Remedy}",
        11 => $"is damaged (the SQLite structure is broken); {Remedy}",
        13 => "cannot grow: no space left on the device",
        3 or 14 or 23 => "cannot be opened for writing (permission, or not a file)",
        26 => $"is damaged or not a catalogue (not an SQLite file); {Remedy}",
        _ => $"SQLite error {cause.SqliteErrorCode}: {cause.Message.ReplaceLineEndings(" ")}",
    };
}
