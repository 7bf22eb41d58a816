using Akka.DistributedData;
using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Replication;

namespace RustyRail.Actors.Catalogue.Serialization;

/// <summary>What the catalogue's keys hold, as bytes: of which kind a value is follows from its key.</summary>
internal static class ReplicatedValueCodec
{
    public static byte[] Encode(IReplicatedData value) => value is ChangeLog log ? ChangeLogCodec.Encode(log) : EntriesCodec.Encode((CatalogueEntries)value);

    public static IReplicatedData Decode(string key, ReadOnlySpan<byte> bytes) =>
        key == ChangeLogKey.Instance.Id ? ChangeLogCodec.Decode(bytes) : EntriesCodec.Decode(bytes);

    public static bool Contains(IReplicatedData? whole, IReplicatedData part) => (whole, part) switch
    {
        (ChangeLog log, ChangeLog change) => log.Contains(change),
        (CatalogueEntries entries, CatalogueEntries edit) => entries.Contains(edit),
        _ => false,
    };
}
