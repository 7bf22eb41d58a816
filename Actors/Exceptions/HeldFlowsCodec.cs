using System.Buffers.Binary;
using System.Collections.Immutable;
using RustyRail.Actors.Catalogue.Serialization;
using RustyRail.Contract;
using RustyRail.Contract.Region;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;

namespace RustyRail.Actors.Exceptions;

/// <summary>
/// Version 1: version, node, incarnation, round, part, last, telling, backends (count, (pool, name)), length, flows. A flow is 12 bytes, little-endian:
/// its hash, then a word like a flow entry's: index of the backend, class, age, state. Fields are only ever added at the end.
/// </summary>
internal static class HeldFlowsCodec
{
    public const int FlowBytes = 12;

    private const byte Version = 1;

    public static byte[] Encode(HeldFlows held)
    {
        var writer = new EntryWriter();
        writer.Byte(Version);
        writer.Text(held.Node);
        writer.Number(held.Incarnation);
        writer.Number(held.Round);
        writer.Number(held.Part);
        writer.Byte(held.IsLast ? (byte)1 : (byte)0);
        writer.Byte((byte)held.Telling);
        writer.Number(held.Backends.Length);
        foreach (BackendId backend in held.Backends)
        {
            writer.Text(backend.Pool.Name);
            writer.Text(backend.Name);
        }

        byte[] flows = new byte[held.Flows.Length * FlowBytes];
        for (int i = 0; i < held.Flows.Length; i++) Write(flows.AsSpan(i * FlowBytes), held.Flows[i]);
        writer.Bytes(flows);
        return writer.ToArray();
    }

    public static HeldFlows DecodeHeld(ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes);
        RequireVersion(reader.Byte());
        (string node, long incarnation, long round, int part) = (reader.Text(), reader.Number(), reader.Number(), reader.Count());
        bool isLast = reader.Byte() != 0;
        var telling = (Telling)reader.Byte();
        if (telling > Telling.Inherited) throw new FormatException($"a telling of kind {(byte)telling}");

        var backends = ImmutableArray.CreateBuilder<BackendId>();
        for (int left = reader.Count(); left > 0; left--) backends.Add(new BackendId(new PoolId(reader.Text()), reader.Text()));

        ReadOnlySpan<byte> packed = reader.Bytes();
        if (packed.Length % FlowBytes != 0) throw new FormatException($"{packed.Length} bytes of flows");
        var flows = ImmutableArray.CreateBuilder<ToldFlow>(packed.Length / FlowBytes);
        for (; !packed.IsEmpty; packed = packed[FlowBytes..]) flows.Add(Read(packed, backends.Count));
        return new HeldFlows(node, incarnation, round, part, isLast, telling, backends.ToImmutable(), flows.MoveToImmutable());
    }

    public static byte[] Encode(FlowsTaken taken)
    {
        var writer = new EntryWriter();
        writer.Byte(Version);
        writer.Text(taken.Node);
        writer.Number(taken.Incarnation);
        writer.Number(taken.Round);
        writer.Number(taken.Part);
        return writer.ToArray();
    }

    public static FlowsTaken DecodeTaken(ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes);
        RequireVersion(reader.Byte());
        return new FlowsTaken(reader.Text(), reader.Number(), reader.Number(), reader.Count());
    }

    private static void Write(Span<byte> into, ToldFlow flow)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(into, flow.Hash);
        BinaryPrimitives.WriteUInt32LittleEndian(into[8..], FlowMeta.Of(flow.Backend, flow.Class, (uint)flow.Age, flow.State).Word);
    }

    private static ToldFlow Read(ReadOnlySpan<byte> from, int backends)
    {
        var entry = new FlowMeta(BinaryPrimitives.ReadUInt32LittleEndian(from[8..]));
        bool isKnown = entry.Backend < backends && entry.Class != FlowClass.Empty && entry.State <= FlowState.Closing;
        return isKnown
            ? new ToldFlow(BinaryPrimitives.ReadUInt64LittleEndian(from), entry.Backend, entry.Class, entry.State, (int)entry.Time)
            : throw new FormatException($"a flow of backend {entry.Backend} of {backends}, class {entry.Class}, state {entry.State}");
    }

    private static void RequireVersion(byte version)
    {
        if (version != Version) throw new FormatException($"held flows of version {version}; this program knows {Version}");
    }
}
