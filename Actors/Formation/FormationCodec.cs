using System.Collections.Immutable;
using RustyRail.Actors.Catalogue.Serialization;
using RustyRail.Contract.Hashing;
using static RustyRail.Actors.Protocol.FormationProtocol;

namespace RustyRail.Actors.Formation;

/// <summary>
/// Card (length, (format, oldest format, program, node, uid, fingerprint)), then what the message adds. Read by programs of any version: new fields go to
/// the end of the card, of a member, or of the whole, where an older program does not look. There is no version byte: the card has it.
/// </summary>
internal static class FormationCodec
{
    public static byte[] Encode(IFormationMessage message)
    {
        var writer = new EntryWriter();
        switch (message)
        {
            case Knock knock: Write(writer, knock.Card); break;
            case Outside outside: Write(writer, outside.Card); break;
            case TurnedAway turned:
                Write(writer, turned.Card);
                writer.Text(turned.Reason);
                writer.Byte(turned.IsInside ? (byte)1 : (byte)0);
                break;
            case Inside inside:
                Write(writer, inside.Card);
                Write(writer, inside.Members);
                Write(writer, inside.Key);
                break;
        }

        return writer.ToArray();
    }

    public static Knock DecodeKnock(ReadOnlySpan<byte> bytes) => new(ReadCard(new EntryReader(bytes).Bytes()));

    public static Outside DecodeOutside(ReadOnlySpan<byte> bytes) => new(ReadCard(new EntryReader(bytes).Bytes()));

    public static TurnedAway DecodeTurnedAway(ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes);
        return new TurnedAway(ReadCard(reader.Bytes()), reader.Text(), !reader.AtEnd && reader.Byte() != 0);
    }

    public static Inside DecodeInside(ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes);
        NodeCard card = ReadCard(reader.Bytes());
        var members = ImmutableArray.CreateBuilder<InsideMember>();
        for (int left = reader.Count(); left > 0; left--)
        {
            var member = new EntryReader(reader.Bytes());
            members.Add(new InsideMember(member.Text(), (int)member.Number(), member.Byte() != 0));
        }

        return new Inside(card, members.ToImmutable(), ReadKey(reader.Bytes()));
    }

    private static void Write(EntryWriter writer, NodeCard card)
    {
        var fields = new EntryWriter();
        fields.Number(card.Format);
        fields.Number(card.OldestFormat);
        fields.Text(card.Program);
        fields.Text(card.Node);
        fields.Number((uint)card.Uid);
        fields.Text(card.KeyFingerprint);
        writer.Bytes(fields.ToArray());
    }

    private static NodeCard ReadCard(ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes);
        return new NodeCard(reader.Count(), reader.Count(), reader.Text(), reader.Text(), (int)reader.Number(), reader.Text());
    }

    private static void Write(EntryWriter writer, ImmutableArray<InsideMember> members)
    {
        writer.Number(members.Length);
        foreach (InsideMember member in members)
        {
            var fields = new EntryWriter();
            fields.Text(member.Address);
            fields.Number((uint)member.Uid);
            fields.Byte(member.Reachable ? (byte)1 : (byte)0);
            writer.Bytes(fields.ToArray());
        }
    }

    private static void Write(EntryWriter writer, FlowHashKey? key)
    {
        var fields = new EntryWriter();
        if (key is { } known)
        {
            fields.Number(known.Algorithm);
            fields.Bytes(BitConverter.GetBytes(known.Key0));
            fields.Bytes(BitConverter.GetBytes(known.Key1));
        }

        writer.Bytes(fields.ToArray());
    }

    private static FlowHashKey? ReadKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return null;
        var reader = new EntryReader(bytes);
        int algorithm = reader.Count();
        return new FlowHashKey(ReadHalf(reader.Bytes()), ReadHalf(reader.Bytes()), algorithm);
    }

    private static ulong ReadHalf(ReadOnlySpan<byte> bytes) =>
        bytes.Length == sizeof(ulong) ? BitConverter.ToUInt64(bytes) : throw new FormatException($"half a key has {bytes.Length} bytes");
}
