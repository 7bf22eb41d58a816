using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Catalogue.Serialization;
using RustyRail.Actors.Exceptions;
using RustyRail.Actors.Formation;
using RustyRail.Actors.Membership;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;
using static RustyRail.Actors.Protocol.FormationProtocol;

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
    private const string Held = "EH";
    private const string Taken = "ET";
    private const string Belonging = "RO";
    private const string BelongingKey = "RK";
    private const string Knocks = "FK";
    private const string Insides = "FI";
    private const string Outsides = "FO";
    private const string Refusals = "FT";

    public static Type[] Types { get; } =
    [
        typeof(CatalogueEntries), typeof(CatalogueKey), typeof(ChangeLog), typeof(ChangeLogKey), typeof(NodeStates), typeof(NodeStatesKey),
        typeof(HeldFlows), typeof(FlowsTaken),
        typeof(Roster), typeof(RosterKey), typeof(Knock), typeof(Inside), typeof(Outside), typeof(TurnedAway),
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
        HeldFlows => Held,
        FlowsTaken => Taken,
        Roster => Belonging,
        RosterKey => BelongingKey,
        Knock => Knocks,
        Inside => Insides,
        Outside => Outsides,
        TurnedAway => Refusals,
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
        HeldFlows held => HeldFlowsCodec.Encode(held),
        FlowsTaken taken => HeldFlowsCodec.Encode(taken),
        Roster roster => RosterCodec.Encode(roster),
        RosterKey key => KeyBytes(key.Id),
        IFormationMessage message => FormationCodec.Encode(message),
        _ => throw new ArgumentException($"{obj.GetType()} has no manifest"),
    };

    /// <exception cref="SerializationException">
    /// They are not what they should be. Remoting passes over a message for this exception; any other would end the connection, also to a node that is only newer.
    /// </exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return Decode(bytes, manifest);
        }
        catch (Exception cause) when (cause is FormatException or ArgumentException or OverflowException)
        {
            throw new SerializationException($"{manifest}: {cause.Message}", cause);
        }
    }

    private static object Decode(byte[] bytes, string manifest) => manifest switch
    {
        Entries => EntriesCodec.Decode(bytes),
        Key => new CatalogueKey(new EntryReader(bytes).Text()),
        Changes => ChangeLogCodec.Decode(bytes),
        ChangesKey => new ChangeLogKey(new EntryReader(bytes).Text()),
        Nodes => NodeStatesCodec.Decode(bytes),
        Held => HeldFlowsCodec.DecodeHeld(bytes),
        Taken => HeldFlowsCodec.DecodeTaken(bytes),
        NodesKey => new NodeStatesKey(new EntryReader(bytes).Text()),
        Belonging => RosterCodec.Decode(bytes),
        BelongingKey => new RosterKey(new EntryReader(bytes).Text()),
        Knocks => FormationCodec.DecodeKnock(bytes),
        Insides => FormationCodec.DecodeInside(bytes),
        Outsides => FormationCodec.DecodeOutside(bytes),
        Refusals => FormationCodec.DecodeTurnedAway(bytes),
        _ => throw new ArgumentException($"manifest \"{manifest}\" is unknown to this version"),
    };

    private static byte[] KeyBytes(string id)
    {
        var writer = new EntryWriter();
        writer.Text(id);
        return writer.ToArray();
    }
}
