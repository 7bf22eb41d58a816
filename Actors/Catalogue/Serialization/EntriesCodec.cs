using System.Collections.Immutable;
using RustyRail.Actors.Catalogue.Replication;

namespace RustyRail.Actors.Catalogue.Serialization;

/// <summary>
/// <see cref="CatalogueEntries"/> as bytes, on the wire and on disk. Version 1:
/// version, nodes (count, names), settled (count, (node index, counter)), entries (count, (kind, pool, name, life, edited, length, value)).
/// A stamp is a counter and a node index. Nodes and ids are sorted ordinally, so equal content has equal bytes (DistributedData compares digests of them).
/// Values are length-prefixed and extend only: new fields go to their end, where an older program does not look.
/// </summary>
internal static class EntriesCodec
{
    private const byte Version = 1;

    public static byte[] Encode(CatalogueEntries entries)
    {
        IEnumerable<string> authors = entries.Map.Values.SelectMany(entry => new[] { entry.Life.Node, entry.Edited.Node });
        string[] nodes = [.. entries.Settled.Keys.Concat(authors).Distinct().Order(StringComparer.Ordinal)];
        var writer = new EntryWriter();
        writer.Byte(Version);
        writer.Number(nodes.Length);
        foreach (string node in nodes) writer.Text(node);

        writer.Number(entries.Settled.Count);
        foreach ((string node, long counter) in entries.Settled) WriteStamp(writer, new Stamp(counter, node), nodes);

        writer.Number(entries.Map.Count);
        foreach ((EntryId id, Entry entry) in entries.Map)
        {
            writer.Byte((byte)id.Kind);
            writer.Text(id.Pool);
            writer.Text(id.Name);
            WriteStamp(writer, entry.Life, nodes);
            WriteStamp(writer, entry.Edited, nodes);
            writer.Bytes(entry.Value is null ? [] : ValueCodec.Encode(entry.Value));
        }

        return writer.ToArray();
    }

    public static CatalogueEntries Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes);
        byte version = reader.Byte();
        if (version != Version) throw new FormatException($"entries of version {version}; this program knows {Version}");

        var nodes = new string[reader.Count()];
        for (int i = 0; i < nodes.Length; i++) nodes[i] = reader.Text();

        var settled = CatalogueEntries.Empty.Settled.ToBuilder();
        for (int left = reader.Count(); left > 0; left--)
        {
            Stamp stamp = ReadStamp(ref reader, nodes);
            settled.Add(stamp.Node, stamp.Counter);
        }

        var map = ImmutableSortedDictionary.CreateBuilder<EntryId, Entry>();
        for (int left = reader.Count(); left > 0; left--)
        {
            var id = new EntryId((EntryKind)reader.Byte(), reader.Text(), reader.Text());
            Stamp life = ReadStamp(ref reader, nodes);
            Stamp edited = ReadStamp(ref reader, nodes);
            ReadOnlySpan<byte> value = reader.Bytes();
            map.Add(id, new Entry(life, edited, value.IsEmpty ? null : ValueCodec.Decode(id, value)));
        }

        return reader.AtEnd ? new CatalogueEntries(map.ToImmutable(), settled.ToImmutable()) : throw new FormatException("bytes after the last entry");
    }

    private static void WriteStamp(EntryWriter writer, Stamp stamp, string[] nodes)
    {
        writer.Number(stamp.Counter);
        writer.Number(Array.BinarySearch(nodes, stamp.Node, StringComparer.Ordinal));
    }

    private static Stamp ReadStamp(ref EntryReader reader, string[] nodes)
    {
        long counter = reader.Number();
        int node = reader.Count();
        return node < nodes.Length ? new Stamp(counter, nodes[node]) : throw new FormatException($"node {node} of {nodes.Length}");
    }
}
