using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Replication;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Catalogue.Serialization;

/// <summary>
/// Version 1: version, count, (counter, node, length, body), in the order of the stamps. The body: milliseconds since 1970, user, host, what, the undone
/// change (counter or 0, node), packed size, packed entries (none when no longer kept). Extend only, at the end of a body.
/// </summary>
internal static class ChangeLogCodec
{
    private const byte Version = 1;

    public static byte[] Encode(ChangeLog log)
    {
        var writer = new EntryWriter();
        writer.Byte(Version);
        writer.Number(log.Changes.Count);
        foreach (Change change in log.Changes.Values)
        {
            writer.Number(change.Stamp.Counter);
            writer.Text(change.Stamp.Node);
            writer.Bytes(Body(change));
        }

        return writer.ToArray();
    }

    public static ChangeLog Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes);
        byte version = reader.Byte();
        if (version != Version) throw new FormatException($"changes of version {version}; this program knows {Version}");

        var changes = new List<Change>();
        for (int left = reader.Count(); left > 0; left--) changes.Add(Read(new Stamp(reader.Number(), reader.Text()), reader.Bytes()));
        return reader.AtEnd ? ChangeLog.Of(changes) : throw new FormatException("bytes after the last change");
    }

    private static byte[] Body(Change change)
    {
        var writer = new EntryWriter();
        writer.Number(change.When.ToUnixTimeMilliseconds());
        writer.Text(change.By.User);
        writer.Text(change.By.Host);
        writer.Text(change.What);
        writer.Number(change.Undoes?.Counter ?? 0);
        writer.Text(change.Undoes?.Node ?? "");
        writer.Number(change.PackedBytes);
        writer.Bytes(change.Entries is { } entries ? entries.Bytes.AsSpan() : []);
        return writer.ToArray();
    }

    private static Change Read(Stamp stamp, ReadOnlySpan<byte> body)
    {
        var reader = new EntryReader(body);
        DateTimeOffset when = When(reader.Number());
        var by = new Author(reader.Text(), reader.Text());
        string what = reader.Text();
        var undoes = new Stamp(reader.Number(), reader.Text());
        int packedBytes = reader.Count();
        ReadOnlySpan<byte> packed = reader.Bytes();
        return new Change(stamp, when, by, what, undoes.Counter == 0 ? null : undoes, packedBytes, packed.IsEmpty ? null : new PackedEntries([.. packed]));
    }

    private static DateTimeOffset When(long milliseconds) => milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        : throw new FormatException($"{milliseconds} is no time");
}
