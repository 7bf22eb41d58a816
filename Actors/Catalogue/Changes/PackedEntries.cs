using System.Collections.Immutable;
using System.IO.Compression;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Catalogue.Serialization;

namespace RustyRail.Actors.Catalogue.Changes;

/// <summary>
/// Changed entries as compressed bytes, which is how they travel and are kept: an apply of a large catalogue has thousands of nearly equal ones, and they
/// are read only to undo it. Unpacked: count, (kind, pool, name, length, before, length, after); no bytes for what does not exist.
/// </summary>
internal sealed class PackedEntries(ImmutableArray<byte> bytes) : IEquatable<PackedEntries>
{
    // Twice a whole catalogue of the largest names, with room to spare: more is not something that we packed.
    private const int MaxUnpackedBytes = 16 << 20;

    public ImmutableArray<byte> Bytes { get; } = bytes;

    public static PackedEntries Pack(IReadOnlyCollection<ChangedEntry> entries)
    {
        var writer = new EntryWriter();
        writer.Number(entries.Count);
        foreach (ChangedEntry entry in entries)
        {
            writer.Byte((byte)entry.Id.Kind);
            writer.Text(entry.Id.Pool);
            writer.Text(entry.Id.Name);
            writer.Bytes(entry.Before is null ? [] : ValueCodec.Encode(entry.Before));
            writer.Bytes(entry.After is null ? [] : ValueCodec.Encode(entry.After));
        }

        using MemoryStream packed = new();
        using (BrotliStream brotli = new(packed, CompressionLevel.Optimal)) brotli.Write(writer.ToArray());
        return new PackedEntries([.. packed.ToArray()]);
    }

    /// <exception cref="FormatException">These are not packed entries.</exception>
    public ImmutableArray<ChangedEntry> Unpack()
    {
        var reader = new EntryReader(Unpacked());
        var entries = ImmutableArray.CreateBuilder<ChangedEntry>();
        for (int left = reader.Count(); left > 0; left--)
        {
            var id = new EntryId((EntryKind)reader.Byte(), reader.Text(), reader.Text());
            ReadOnlySpan<byte> before = reader.Bytes();
            ReadOnlySpan<byte> after = reader.Bytes();
            entries.Add(new ChangedEntry(
                id,
                before.IsEmpty ? null : ValueCodec.Decode(id, before),
                after.IsEmpty ? null : ValueCodec.Decode(id, after)));
        }

        return entries.ToImmutable();
    }

    public bool Equals(PackedEntries? other) => other is not null && Bytes.AsSpan().SequenceEqual(other.Bytes.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as PackedEntries);

    public override int GetHashCode() => Bytes.Length;

    private byte[] Unpacked()
    {
        using BrotliStream brotli = new(new MemoryStream([.. Bytes]), CompressionMode.Decompress);
        using MemoryStream unpacked = new();
        byte[] part = new byte[64 << 10];
        try
        {
            for (int read; (read = brotli.Read(part)) > 0;)
            {
                unpacked.Write(part.AsSpan(0, read));
                if (unpacked.Length > MaxUnpackedBytes) throw new FormatException($"packed entries of more than {MaxUnpackedBytes} bytes");
            }
        }
        catch (Exception cause) when (cause is InvalidOperationException or InvalidDataException)
        {
            throw new FormatException($"not packed entries: {cause.Message}", cause);
        }

        return unpacked.ToArray();
    }
}
