using Akka.Actor;
using Akka.Serialization;
using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Catalogue.Serialization;
using RustyRail.Actors.Membership;

namespace RustyRail.Actors.Hosting;

/// <summary>
/// Everything of ours that leaves the process or is kept on disk, each type with its manifest. Manifests and the identifier are for ever: other
/// nodes and files have them. A type without one is refused here instead of falling to JSON.
/// </summary>
internal sealed class ReplicatedSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const int Id = 117;

    private const string Entries = "CE";
    private const string Key = "CK";
    private const string Changes = "CL";
    private const string ChangesKey = "LK";
    private const string Nodes = "NS";
    private const string NodesKey = "NK";

    public static Type[] Types { get; } =
    [
        typeof(CatalogueEntries), typeof(CatalogueKey), typeof(ChangeLog), typeof(ChangeLogKey), typeof(NodeStates), typeof(NodeStatesKey),
    ];

    public override int Identifier => Id;

    public override string Manifest(object o) => o switch
    {
        CatalogueEntries => Entries,
        CatalogueKey => Key,
        ChangeLog => Changes,
        ChangeLogKey => ChangesKey,
        NodeStates => Nodes,
        NodeStatesKey => NodesKey,
        _ => throw new ArgumentException($"{o.GetType()} has no manifest"),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        CatalogueEntries entries => EntriesCodec.Encode(entries),
        CatalogueKey key => KeyBytes(key.Id),
        ChangeLog log => ChangeLogCodec.Encode(log),
        ChangeLogKey key => KeyBytes(key.Id),
        NodeStates nodes => NodeStatesCodec.Encode(nodes),
        NodeStatesKey key => KeyBytes(key.Id),
        _ => throw new ArgumentException($"{obj.GetType()} has no manifest"),
    };

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        Entries => EntriesCodec.Decode(bytes),
        Key => new CatalogueKey(new EntryReader(bytes).Text()),
        Changes => ChangeLogCodec.Decode(bytes),
        ChangesKey => new ChangeLogKey(new EntryReader(bytes).Text()),
        Nodes => NodeStatesCodec.Decode(bytes),
        NodesKey => new NodeStatesKey(new EntryReader(bytes).Text()),
        _ => throw new ArgumentException($"manifest \"{manifest}\" is unknown to this version"),
    };

    private static byte[] KeyBytes(string id)
    {
        var writer = new EntryWriter();
        writer.Text(id);
        return writer.ToArray();
    }
}
